import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { percentile } from '../../bench/http/load.ts';

/** What a probe has found: milliseconds of every answer, and requests that were not answered 200. */
export interface ProbeResult {
  readonly latencies: Float64Array;
  readonly failures: number;
}

/** Milliseconds, and counts. */
export interface ProbeSummary {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  readonly failures: number;
}

/** Asks `/healthz` at a steady pace, from a process of its own that the rest of the program does not hold up. */
export class HealthProbe {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when the first answers are in. */
  static async start(url: string): Promise<HealthProbe> {
    const file = fileURLToPath(new URL('./health-probe-process.ts', import.meta.url));
    const child = fork(file, [`${url}/healthz`], {
      execArgv: ['--import', 'tsx'],
      // The latencies come back as a typed array.
      serialization: 'advanced',
    });
    await once(child, 'message');
    return new HealthProbe(child);
  }

  /** Ends the probe. */
  async stop(): Promise<ProbeSummary> {
    const answered = once(this.#child, 'message');
    this.#child.send('stop');
    const [{ latencies, failures }]: ProbeResult[] = await answered;
    this.#child.disconnect();
    const sorted = latencies.sort();
    return {
      count: sorted.length,
      p50: percentile(sorted, 0.5),
      p99: percentile(sorted, 0.99),
      worst: sorted.at(-1) ?? Number.NaN,
      failures,
    };
  }
}
