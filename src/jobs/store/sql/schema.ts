import type { ColumnType, Generated, Selectable } from 'kysely';
import type { Verdict } from '../../../check/report/report.ts';
import type { StageName } from '../../../check/shard.ts';
import type { JobStatus } from '../../job-record.ts';

/** The drivers take bytes as a Uint8Array; libsql hands them out as an ArrayBuffer, PostgreSQL's as a Buffer. */
type Bytes = ColumnType<ArrayBuffer | Uint8Array, Uint8Array, Uint8Array>;

/**
 * Text that a client chose, kept as a JSON string (with its quotes): libsql cuts what it reads at a NUL, PostgreSQL
 * refuses NUL, and neither keeps a lone surrogate. Equal texts are equal as JSON too, so an index serves.
 */
export type ClientText = string;

/** One row per job. Times are ms since 1970. A job has ended when `finished_at` is set. */
export interface JobsTable {
  id: string;
  client: ClientText;
  name: ClientText | null;
  /** A JSON object. `job_labels` has the same, for finding by label. */
  labels: string;
  status: JobStatus;
  verdict: Verdict | null;
  /** A JSON `JobError`. */
  error: string | null;
  stage: StageName;
  completed: number;
  total: number;
  components: number;
  work_seconds: number;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
  expires_at: number | null;
  owner: string | null;
  lease_until: number;
  fence: number;
  cancel_requested: 0 | 1;
  bytes: number;
  /** The part of `bytes` that goes when the job ends and its shard results are dropped. */
  result_bytes: Generated<number>;
  /** The number of the newest event. */
  last_event: Generated<number>;
}

export interface PayloadsTable {
  job_id: string;
  spec: string;
  /** The bytes of `JobNumbers` that are kept inline; null when they are tensors. */
  numbers: Bytes | null;
  /** A JSON object of tensor ids; null when the numbers are kept inline. */
  tensors: string | null;
}

/** `created_at` repeats the job's, so that one index finds by label and gives newest first. */
export interface JobLabelsTable {
  key: ClientText;
  value: ClientText;
  created_at: number;
  job_id: string;
}

/** Which tensors a job names: a tensor is an orphan when no row here has it. */
export interface JobTensorsTable {
  job_id: string;
  tensor_id: string;
}

export interface ShardResultsTable {
  job_id: string;
  /** The number of the job's point, from 1 on. */
  point: number;
  stage: StageName;
  shard: number;
  bytes: number;
  /** What `encodeShardResult` wrote. */
  result: Bytes;
}

/** Events that were stored together, one after the other. */
export interface EventsTable {
  job_id: string;
  /** The number of the last of them. */
  last: number;
  /** A JSON array of their types. */
  types: string;
  /** The JSON text of each on a line; an empty one for the job's report, which is kept once. */
  lines: string;
}

export interface ReportsTable {
  job_id: string;
  report: string;
  /** The bytes of the numeric gradient, when it is kept inline. */
  numeric: Bytes | null;
  /** Its tensor id otherwise. */
  numeric_tensor: string | null;
}

export interface IdempotencyTable {
  client: ClientText;
  key: ClientText;
  fingerprint: string;
  job_id: string;
  expires_at: number;
}

/** Ids of jobs that were, so that asking for one is told apart from asking for nonsense. */
export interface RemovedJobsTable {
  id: string;
  removed_at: number;
}

/** A tensor may be read once `complete` is 1: while it is being put, or swept, some of its chunks are missing. */
export interface TensorsTable {
  id: string;
  bytes: number;
  chunks: number;
  complete: 0 | 1;
  put_at: number;
}

export interface TensorChunksTable {
  tensor_id: string;
  position: number;
  data: Bytes;
}

/** One row: which schema the tables have. */
export interface StoreStateTable {
  id: 1;
  schema_version: number;
  pinged_at: number;
}

export interface Schema {
  jobs: JobsTable;
  payloads: PayloadsTable;
  job_labels: JobLabelsTable;
  job_tensors: JobTensorsTable;
  shard_results: ShardResultsTable;
  events: EventsTable;
  reports: ReportsTable;
  idempotency: IdempotencyTable;
  removed_jobs: RemovedJobsTable;
  tensors: TensorsTable;
  tensor_chunks: TensorChunksTable;
  store_state: StoreStateTable;
}

export type JobRow = Selectable<JobsTable>;
