import { expect } from 'vitest';
import type { ParameterReport, Report } from '../../src/check/report/report.ts';
import { type NewEvent, newEvent } from '../../src/jobs/job-event.ts';
import type { JobNumbers, JobPayload } from '../../src/jobs/job-payload.ts';
import type { JobRecord } from '../../src/jobs/job-record.ts';
import type { JobEnding, Lease, Store } from '../../src/jobs/store/job-store.ts';

/** A time to start from, in ms since 1970. */
export const START = 1_700_000_000_000;

let made = 0;

/** An id as the service makes them: larger than all before. */
export function nextJobId(): string {
  made += 1;
  return `job-${String(made).padStart(12, '0')}`;
}

export function aJob(fields: Partial<JobRecord> = {}): JobRecord {
  return {
    id: nextJobId(),
    client: 'client',
    labels: {},
    status: 'queued',
    progress: { stage: 'prepare', completed: 0, total: 3 },
    components: 3,
    workSeconds: 0.5,
    createdAt: START,
    leaseUntil: 0,
    fence: 0,
    cancelRequested: false,
    bytes: 0,
    ...fields,
  };
}

/** A payload whose numbers are tensors. */
export interface TensorPayload extends JobPayload {
  readonly numbers: Extract<JobNumbers, { kind: 'tensors' }>;
}

/** Puts the tensors of a job and says which they are. */
export async function aPayload(store: Store, seed = 1): Promise<TensorPayload> {
  const theta = await store.tensors.put(Float64Array.of(seed, 2, 3));
  const claimed = await store.tensors.put(Float64Array.of(seed, 20, 30));
  const data = await store.tensors.put(Float64Array.of(seed, -0, Number.NaN, 1e300));
  return { spec: `{"seed":${seed}}`, numbers: { kind: 'tensors', theta, claimed, data: [data] } };
}

/** A job so small that its numbers are kept with it. */
export function anInlinePayload(seed = 1): JobPayload {
  const values = Float64Array.of(seed, 2, 3, seed, 20, 30, seed, -0, Number.NaN, 1e300);
  return { spec: `{"seed":${seed}}`, numbers: { kind: 'inline', values } };
}

/** Stores a job. @returns its record as it was given to the store. */
export async function insertJob(store: Store, fields: Partial<JobRecord> = {}): Promise<JobRecord> {
  const job = aJob(fields);
  await store.jobs.insert(job, await aPayload(store));
  return job;
}

export async function acquireJob(store: Store, id: string, owner = 'owner', now = START): Promise<Lease> {
  const taken = await store.jobs.acquire(id, owner, now, now + 10_000);
  if (taken === undefined) throw new Error(`The lease of ${id} is not to be had.`);
  return taken.lease;
}

/** Stores a job that runs. */
export async function runningJob(store: Store, fields: Partial<JobRecord> = {}): Promise<Lease> {
  const { id } = await insertJob(store, fields);
  const lease = await acquireJob(store, id);
  await store.jobs.start(lease, START + 1);
  return lease;
}

export function anEnding(fields: Partial<JobEnding> = {}): JobEnding {
  return {
    status: 'succeeded',
    progress: { stage: 'sweep', completed: 3, total: 3 },
    verdict: 'fail',
    events: [newEvent({ type: 'report', data: aReport() })],
    finishedAt: START + 2,
    expiresAt: START + 1_000_000,
    ...fields,
  };
}

/** An ending of a job that a client had cancelled: without a report. */
export function aCancellation(fields: Partial<JobEnding> = {}): JobEnding {
  const events = [newEvent({ type: 'cancelled', data: {} })];
  return anEnding({ status: 'cancelled', verdict: undefined, events, ...fields });
}

/** Stores a job that has ended. @returns its id. */
export async function endedJob(
  store: Store,
  fields: Partial<JobRecord> = {},
  ending: Partial<JobEnding> = {},
): Promise<string> {
  const lease = await runningJob(store, fields);
  await store.jobs.finish(lease, anEnding(ending));
  return lease.jobId;
}

export function aParameterEvent(name: string): NewEvent {
  return newEvent({ type: 'parameter', data: aParameter(name) });
}

export function aParameter(name: string): Omit<ParameterReport, 'histogram'> {
  const { histogram: _, ...summary } = aReport(name).parameters[0];
  return summary;
}

export function aReport(name = 'W1'): Report {
  const components = {
    total: 3,
    checked: 3,
    passed: 2,
    failed: 1,
    inconclusive: 0,
    vacuous: 0,
    kinks: 0,
    noiseLimited: 0,
  };
  return {
    verdict: 'fail',
    relativeDifference: 0.25,
    withinTolerance: false,
    cost: 'NaN',
    noise: {
      deviation: 1e-16,
      scale: 1,
      error: 1e-16,
      relativeDifference: 1e-9,
      explanation: 'rounding of 1e-9',
    },
    components,
    settings: {
      method: 'central',
      strategy: 'weight-perturbation',
      epsilon: 'auto',
      tolerance: 1e-7,
      componentTolerance: 1e-6,
      components: 'all',
      seed: 0,
    },
    parameters: [
      {
        name,
        shape: [3],
        verdict: 'fail',
        relativeDifference: 0.25,
        strategy: 'weight-perturbation',
        precision: 'float64',
        detectable: 1e-9,
        components,
        maxError: 'Infinity',
        claimedNorm: 2,
        numericNorm: 1,
        histogram: { edges: [0, 1], counts: [3] },
        worst: [{ index: [1], claimed: 2, numeric: 1, bound: 1e-6, verdict: 'fail', flags: ['non-finite'] }],
      },
    ],
    warnings: [{ code: 'kinks', message: 'θ: a message with "quotes", ∂ and \u0000' }],
    plan: {
      strategy: 'weight-perturbation',
      evaluations: 7,
      evaluationsSaved: 0,
      flops: 1e4,
      seconds: 5e-6,
      alternatives: [],
    },
    evaluations: 7,
    evaluationsSaved: 0,
    durationMs: 1.5,
  };
}

/** Bit by bit, so that NaN payloads and −0 count; and many times faster than `toEqual` on a large array. */
export function expectSameBits(actual: Float64Array | undefined, expected: Float64Array): void {
  expect(actual?.length).toBe(expected.length);
  if (actual !== undefined) expect(Buffer.compare(bytesOf(actual), bytesOf(expected))).toBe(0);
}

function bytesOf(values: Float64Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
