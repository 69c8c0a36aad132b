import { expect, it } from 'vitest';
import { JobIds } from '../../src/jobs/job-ids.ts';

it('job ids are UUIDs of version 7 that tell the time', () => {
  const ids = new JobIds({ now: () => 0x0123456789ab });
  expect(ids.next()).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it('job ids are all different and in the order of their making, also when the clock stands still or goes back', () => {
  const times = [1000, 1000, 1001, 990, 990, 2000];
  let calls = 0;
  const ids = new JobIds({ now: () => times[Math.floor(calls++ / 5000)] ?? 2000 });
  const made = Array.from({ length: 30_000 }, () => ids.next());
  expect(new Set(made).size).toBe(made.length);
  expect(made.toSorted()).toEqual(made);
});
