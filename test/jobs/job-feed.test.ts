import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JobFeed } from '../../src/jobs/job-feed.ts';
import type { JobRecord } from '../../src/jobs/job-record.ts';

const record = (completed: number): JobRecord => ({
  id: 'job',
  client: 'client',
  labels: {},
  status: 'running',
  progress: { stage: 'sweep', completed, total: 1000 },
  components: 1000,
  workSeconds: 1,
  createdAt: 0,
  leaseUntil: 0,
  fence: 1,
  cancelRequested: false,
  bytes: 0,
});

describe('the feed of a job', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('tells of progress about ten times a second, and of the last of it', async () => {
    const feed = new JobFeed();
    const told: (number | undefined)[] = [];
    feed.onChange(() => told.push(feed.progress?.completed));
    for (let i = 1; i <= 1000; i++) {
      feed.advance(record(i));
      await vi.advanceTimersByTimeAsync(1);
    }
    await vi.advanceTimersByTimeAsync(100);
    expect(told.length).toBeGreaterThan(8);
    expect(told.length).toBeLessThan(13);
    expect(told.at(-1)).toBe(1000);
  });

  it('tells at once of events, of a change of the job and of its end', () => {
    const feed = new JobFeed();
    let told = 0;
    feed.advance(record(1));
    feed.onChange(() => told++);
    feed.publish([{ id: 1, type: 'parameter', data: '{}' }]);
    feed.update({ ...record(1), cancelRequested: true });
    feed.end({ ...record(1), status: 'cancelled' }, [{ id: 2, type: 'cancelled', data: '{}' }]);
    expect(told).toBe(3);
    expect(feed.record?.status).toBe('cancelled');
    expect(feed.progress).toBeUndefined();
    expect(feed.events.after(0, 10)?.map(({ id }) => id)).toEqual([1, 2]);
  });

  it('lets neither a listener that throws nor one that left disturb the others', () => {
    const feed = new JobFeed();
    const told: string[] = [];
    feed.onChange(() => {
      told.push('bad');
      throw new Error('a mistake');
    });
    const leave = feed.onChange(() => told.push('gone'));
    feed.onChange(() => told.push('good'));
    leave();
    feed.update(record(1));
    feed.update(record(2));
    expect(told).toEqual(['bad', 'good', 'good']);
    expect(feed.watched).toBe(true);
  });
});
