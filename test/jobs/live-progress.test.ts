import { expect, it } from 'vitest';
import { ProgressMeter } from '../../src/jobs/live-progress.ts';

const at = (completed: number) => ({ stage: 'sweep', completed, total: 1000 }) as const;

it('the rate is not told before there is one, and then with the time to the end', () => {
  const meter = new ProgressMeter();
  expect(meter.measure(at(100), 0)).toEqual(at(100));
  expect(meter.measure(at(110), 50)).toEqual(at(110));
  expect(meter.measure(at(200), 1000)).toEqual({ ...at(200), rate: 100, etaSeconds: 8 });
});

it('the rate leaves out what an earlier owner did, and follows a change within about ten seconds', () => {
  const meter = new ProgressMeter();
  let live = meter.measure(at(500), 0);
  for (let second = 1; second <= 10; second++) live = meter.measure(at(500 + 10 * second), 1000 * second);
  expect(live.rate).toBe(10);
  for (let second = 11; second <= 21; second++)
    live = meter.measure(at(600 + 2 * (second - 10)), 1000 * second);
  expect(live.rate).toBe(2);
});
