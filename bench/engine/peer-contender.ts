import { z } from 'zod';
import type { Contender, Timing } from './contender.ts';
import type { Python } from './python.ts';

const resultSchema = z.object({
  peer: z.string(),
  /** Components moved or covered. */
  components: z.int(),
  /** Components of θ. */
  total: z.int(),
  seconds: z.number(),
  /** Whether the peer found the gradient right. */
  ok: z.boolean(),
  /** J as the peer computes it. */
  cost: z.number(),
  /** Relative difference of the peer's gradient and the claimed one. */
  claimedDifference: z.number(),
});

/** A script of `peers/` and how it is called. */
export interface Peer {
  readonly name: string;
  readonly script: string;
  readonly options: readonly string[];
  /** Components of the first sample, from whose pace the sample's size is chosen; without it θ is checked whole. */
  readonly pilot?: number;
}

export const slowGradcheck: Peer = {
  name: 'PyTorch gradcheck, slow',
  script: 'pytorch_gradcheck.py',
  options: ['--mode', 'slow'],
};

export const fastGradcheck: Peer = {
  name: 'PyTorch gradcheck, fast',
  script: 'pytorch_gradcheck.py',
  options: ['--mode', 'fast'],
};

export const scipyPeers: readonly Peer[] = ['2-point', '3-point'].map((method) => ({
  name: `SciPy approx_derivative, ${method}`,
  script: 'scipy_approx_derivative.py',
  options: ['--method', method],
}));

/** The costs of two programs must agree so closely, relative to 1 or to J, or they do not compute the same. */
const COST_TOLERANCE = 1e-9;
const LEAST_SAMPLE = 16;

export interface PeerSetting {
  readonly python: Python;
  readonly threads: number;
  /** Where `writeCase` has written the network. */
  readonly folder: string;
  readonly cost: number;
  /** About how long a run over a sample may take. */
  readonly sampleSeconds: number;
}

/** A checker of someone else's, in a process of its own that is timed from within. */
export class PeerContender implements Contender {
  readonly name: string;
  readonly threads: number;
  readonly #peer: Peer;
  readonly #setting: PeerSetting;
  #sample: number | undefined;

  constructor(peer: Peer, setting: PeerSetting) {
    this.name = peer.name;
    this.threads = setting.threads;
    this.#peer = peer;
    this.#setting = setting;
  }

  async run(): Promise<Timing> {
    const { pilot } = this.#peer;
    if (pilot !== undefined) this.#sample ??= await this.#sampleFrom(pilot);
    return this.#timing(this.#sample);
  }

  /** So many components as take the time that a sample may take. */
  async #sampleFrom(pilot: number): Promise<number> {
    const { components, seconds } = await this.#timing(pilot);
    return Math.max(LEAST_SAMPLE, Math.floor((components * this.#setting.sampleSeconds) / seconds));
  }

  async #timing(sample: number | undefined): Promise<Timing> {
    const { python, threads, folder, cost } = this.#setting;
    const { script, options } = this.#peer;
    const size = sample === undefined ? [] : ['--sample', String(sample)];
    const result = resultSchema.parse(await python.run(script, threads, [folder, ...options, ...size]));
    if (Math.abs(result.cost - cost) > COST_TOLERANCE * Math.max(1, Math.abs(cost)))
      throw new Error(`${result.peer} has J = ${result.cost}, we ${cost}: that is not the same network`);
    const { components, total, seconds } = result;
    const found = `${result.ok ? 'pass' : 'fail'}, ${result.claimedDifference.toExponential(1)} from claimed`;
    return { components, seconds, wholeSeconds: (seconds * total) / components, found };
  }
}
