import type { Outcome } from './executor/executor.ts';

/** A piece of a job's work that is to be run once. */
export interface JobTask {
  /** Floating-point operations by a static count. */
  readonly flops: number;
  /** Runs it. Never rejects. @returns what became of it; its job is to `settle` that */
  run(): Promise<SettledTask>;
}

export interface SettledTask {
  readonly kind: Outcome<unknown>['kind'];
  settle(): void;
}

/** @param settle takes what became of the work */
export function jobTask<Result>(
  flops: number,
  run: () => Promise<Outcome<Result>>,
  settle: (outcome: Outcome<Result>) => void,
): JobTask {
  return {
    flops,
    run: async () => {
      const outcome = await run();
      return { kind: outcome.kind, settle: () => settle(outcome) };
    },
  };
}
