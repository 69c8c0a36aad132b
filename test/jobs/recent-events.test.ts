import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../src/jobs/job-event.ts';
import { RecentEvents } from '../../src/jobs/recent-events.ts';

const event = (id: number, characters = 2): StoredEvent => ({
  id,
  type: 'parameter',
  data: 'x'.repeat(characters),
});
const events = (from: number, to: number, characters = 2) =>
  Array.from({ length: to - from + 1 }, (_, i) => event(from + i, characters));

describe('the events kept in memory', () => {
  it('are unknown until the first are given, even if those are none', () => {
    const recent = new RecentEvents();
    expect(recent.after(0, 10)).toBeUndefined();
    recent.append([]);
    expect(recent.after(0, 10)).toEqual([]);
  });

  it('answer a reader at any place they reach back to, and only there', () => {
    const recent = new RecentEvents();
    recent.append(events(1, 1000));
    expect(recent.last).toBe(1000);
    expect(recent.after(1000, 10)).toEqual([]);
    expect(recent.after(990, 5)).toEqual(events(991, 995));
    expect(recent.after(0, 10)).toBeUndefined();
  });

  it('are bounded in size, but for the newest', () => {
    const recent = new RecentEvents();
    recent.append(events(1, 20, 100_000));
    expect(recent.after(0, 20)).toBeUndefined();
    expect(recent.after(10, 20)).toEqual(events(11, 20, 100_000));
    recent.append([event(21, 5_000_000)]);
    expect(recent.after(20, 1)).toEqual([event(21, 5_000_000)]);
    expect(recent.after(19, 2)).toBeUndefined();
  });

  it('never give a reader a gap or an event twice, however they come', () => {
    const batch = fc.record({
      from: fc.integer({ min: 1, max: 60 }),
      count: fc.integer({ min: 0, max: 30 }),
    });
    fc.assert(
      fc.property(fc.array(batch), fc.nat(90), (batches, after) => {
        const recent = new RecentEvents();
        for (const { from, count } of batches) recent.append(events(from, from + count - 1));
        const found = recent.after(after, 1000);
        if (found === undefined) return;
        const last = recent.last ?? 0;
        expect(found).toEqual(after >= last ? [] : events(after + 1, last));
      }),
    );
  });
});
