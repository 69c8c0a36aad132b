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
  /** Whether all components are covered at once, so that a sample would save nothing. */
  readonly coversAll?: true;
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
  coversAll: true,
};

export const scipyPeers: readonly Peer[] = ['2-point', '3-point'].map((method) => ({
  name: `SciPy approx_derivative, ${method}`,
  script: 'scipy_approx_derivative.py',
  options: ['--method', method],
}));

/** The costs of two programs must agree so closely, relative to 1 or to J, or they do not compute the same. */
const COST_TOLERANCE = 1e-9;
/** Components of the first sample, from whose pace it is told how long all of them would take. */
const PILOT = 64;
const LEAST_SAMPLE = 16;

export interface PeerSetting {
  readonly python: Python;
  readonly threads: number;
  /** Where the row's numbers have been written. */
  readonly folder: string;
  readonly cost: number;
  /** θ is checked whole where that takes no more. */
  readonly wholeSeconds: number;
  /** Else, about how long a run over a sample may take. */
  readonly sampleSeconds: number;
}

/** A checker of someone else's, in a process of its own that is timed from within. */
export class PeerContender implements Contender {
  readonly name: string;
  readonly threads: number;
  readonly #peer: Peer;
  readonly #setting: PeerSetting;
  /** How many components are moved. */
  #moved: number | 'all' | undefined;

  constructor(peer: Peer, setting: PeerSetting) {
    this.name = peer.name;
    this.threads = setting.threads;
    this.#peer = peer;
    this.#setting = setting;
  }

  async run(): Promise<Timing> {
    this.#moved ??= this.#peer.coversAll ? 'all' : await this.#affordable();
    return this.#timing(this.#moved);
  }

  /** All components, or so many as take the time that a sample may take. */
  async #affordable(): Promise<number | 'all'> {
    const { wholeSeconds, sampleSeconds } = this.#setting;
    const pilot = await this.#timing(PILOT);
    if (pilot.wholeSeconds <= wholeSeconds) return 'all';
    return Math.max(LEAST_SAMPLE, Math.floor((pilot.components * sampleSeconds) / pilot.seconds));
  }

  async #timing(moved: number | 'all'): Promise<Timing> {
    const { python, threads, folder, cost } = this.#setting;
    const { script, options } = this.#peer;
    const size = moved === 'all' ? [] : ['--sample', String(moved)];
    const result = resultSchema.parse(await python.run(script, threads, [folder, ...options, ...size]));
    if (Math.abs(result.cost - cost) > COST_TOLERANCE * Math.max(1, Math.abs(cost)))
      throw new Error(`${result.peer} has J = ${result.cost}, we ${cost}: that is not the same model`);
    const { components, total, seconds } = result;
    const found = `${result.ok ? 'pass' : 'fail'}, ${result.claimedDifference.toExponential(1)} from claimed`;
    return { components, seconds, wholeSeconds: (seconds * total) / components, found };
  }
}
