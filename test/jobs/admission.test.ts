import { describe, expect, it } from 'vitest';
import { GradcheckError } from '../../src/errors/catalogue.ts';
import { Admission } from '../../src/jobs/admission.ts';
import { MemoryStore } from '../../src/jobs/store/memory/memory-store.ts';
import { startProcess } from '../fixtures/coordination.ts';
import { cubeJob, networkJob } from '../fixtures/jobs.ts';

const limits = { maxQueuedJobs: 10, maxQueuedSeconds: 100, maxJobsPerClient: 5 };
const admission = (threads = 2) => new Admission(limits, () => threads);

/** The error with which a job is refused. */
function refusal(to: Admission, client: string, workSeconds: number): GradcheckError | undefined {
  try {
    to.admit(client, workSeconds).leave();
    return undefined;
  } catch (error) {
    if (error instanceof GradcheckError) return error;
    throw error;
  }
}

describe('admission', () => {
  it('refuses a client that has too many jobs with 429, and takes the others', () => {
    const to = admission();
    const places = Array.from({ length: 5 }, () => to.admit('one', 1));
    expect(refusal(to, 'one', 1)).toMatchObject({ code: 'too-many-jobs', status: 429 });
    expect(refusal(to, 'two', 1)).toBeUndefined();
    places[0].leave();
    expect(refusal(to, 'one', 1)).toBeUndefined();
  });

  it('refuses with 503 when there are too many jobs, or too much work', () => {
    const many = admission();
    for (let i = 0; i < 10; i++) many.admit(`client ${i}`, 1);
    expect(refusal(many, 'another', 1)).toMatchObject({ code: 'overloaded', status: 503 });
    const much = admission();
    much.admit('one', 99);
    expect(refusal(much, 'two', 1)).toBeUndefined();
    expect(refusal(much, 'two', 2)).toMatchObject({ code: 'overloaded', status: 503 });
  });

  it('takes a job larger than the limit of work when there is nothing else, so that it is not put off for ever', () => {
    const to = admission();
    const place = to.admit('one', 500);
    expect(refusal(to, 'two', 1)).toMatchObject({ code: 'overloaded' });
    place.leave();
    expect(refusal(to, 'two', 500)).toBeUndefined();
  });

  it('tells after how long the threads will have done enough, whatever is left of the jobs', () => {
    const to = admission(2);
    const place = to.admit('one', 100);
    expect(refusal(to, 'two', 10)?.retryAfter).toBe(5);
    place.remaining(0.95);
    expect(refusal(to, 'two', 10)?.retryAfter).toBe(3);
    place.remaining(0.5);
    expect(refusal(to, 'two', 10)).toBeUndefined();
  });

  it('learns from the work done how long an estimated second takes', () => {
    const to = admission(1);
    to.admit('one', 100);
    for (let i = 0; i < 50; i++) to.observe(0.1, 0.3);
    expect(refusal(to, 'two', 9.9)?.retryAfter).toBe(30);
  });

  it('tells a client of many that it shares with the others', () => {
    const to = admission(1);
    for (let i = 0; i < 5; i++) to.admit('one', 4);
    expect(refusal(to, 'one', 4)?.retryAfter).toBe(4);
    to.admit('two', 4);
    expect(refusal(to, 'one', 4)?.retryAfter).toBe(8);
  });

  it('forgets a place once, however often it is left, and takes what was accepted before whatever the limits', () => {
    const to = admission();
    for (let i = 0; i < 20; i++) to.adopt('one', 10);
    expect(to.backlog).toEqual({ jobs: 20, workSeconds: 200 });
    const place = to.adopt('two', 0.1);
    place.remaining(0.3);
    place.leave();
    place.leave();
    place.remaining(1);
    expect(to.backlog.jobs).toBe(20);
    expect(to.backlog.workSeconds).toBeCloseTo(200);
  });
});

describe('a coordinator under overload', () => {
  it('counts jobs that are still being stored, refuses the rest with Retry-After, and recovers at once', async () => {
    const here = await startProcess(new MemoryStore(), { maxQueuedJobs: 8, maxJobsPerClient: 4 });
    const submissions = Array.from({ length: 40 }, (_, i) =>
      here.coordinator.submit({ job: networkJob([16, 12, 4], 8, i), client: `client ${i % 8}` }),
    );
    const outcomes = await Promise.allSettled(submissions);
    const accepted = outcomes.flatMap((outcome) =>
      outcome.status === 'fulfilled' ? [outcome.value.job] : [],
    );
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(accepted).toHaveLength(8);
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['overloaded']));
    expect(refused.every(({ retryAfter }) => Number.isInteger(retryAfter) && retryAfter >= 1)).toBe(true);
    for (const { id } of accepted) {
      expect((await here.coordinator.waitForEnd(id, 20_000)).job.status).toBe('succeeded');
    }
    const next = await here.coordinator.submit({ job: cubeJob(), client: 'client 0' });
    expect((await here.coordinator.waitForEnd(next.job.id, 20_000)).job.status).toBe('succeeded');
    expect((await here.store.jobs.list({}, 100)).jobs).toHaveLength(9);
    await here.stop();
  });
});
