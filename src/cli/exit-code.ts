import type { Verdict } from '../check/report/report.ts';

/** What the process ends with; scripts depend on these. */
export const exitCode = {
  pass: 0,
  fail: 1,
  inconclusive: 2,
  /** There is no verdict: a faulty document or command line, an unreachable service, a failed job. */
  error: 3,
  /** 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const satisfies Record<Verdict | 'error' | 'interrupted', number>;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
