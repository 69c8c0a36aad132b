import type { IncomingMessage } from 'node:http';
import { Piscina } from 'piscina';
import { knownSpec } from '../../check/spec-json.ts';
import type { Config } from '../../config.ts';
import { GradcheckError } from '../../errors/catalogue.ts';
import { type ReadOutcome, readDocument } from '../../models/document/read-document.ts';
import type { UploadForm } from '../../models/document/read-upload.ts';
import { findWorkerFile } from '../../threads/worker-file.ts';
import type { IntakeBudget } from './intake-budget.ts';
import { multipartBoundary } from './multipart-boundary.ts';
import { receiveBody } from './receive-body.ts';

/** Documents of fewer bytes are read where they arrive: that takes a few milliseconds at most. */
export const INLINE_BYTES = 256 * 1024;

/** What goes to the intake thread. */
export interface IntakeTask {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly fingerprinted: boolean;
  /** Of a body in several parts. */
  readonly form: UploadForm | undefined;
}

export type IntakeLimits = Pick<Config, 'MAX_BODY_BYTES' | 'MAX_UPLOAD_BYTES' | 'MAX_TENSOR_BYTES'>;

/**
 * Takes job documents in: small ones at once, large ones and those with files on one thread of its own that never
 * queues behind shards, so that reading 100 MB of JSON does not hold up other requests.
 */
export class DocumentIntake {
  readonly #limits: IntakeLimits;
  readonly #budget: IntakeBudget;
  #pool: Piscina<IntakeTask, ReadOutcome> | undefined;

  constructor(limits: IntakeLimits, budget: IntakeBudget) {
    this.#limits = limits;
    this.#budget = budget;
  }

  /**
   * Receives and reads the document that a request carries.
   * @throws GradcheckError when the body cannot be received.
   */
  async read(request: IncomingMessage, fingerprinted: boolean): Promise<ReadOutcome> {
    const form = this.#formOf(request);
    const setting = form === undefined ? 'MAX_BODY_BYTES' : 'MAX_UPLOAD_BYTES';
    const bytes = await receiveBody(request, { setting, bytes: this.#limits[setting] }, this.#budget);
    const length = bytes.byteLength;
    try {
      // A small file may inflate to a large one.
      const isSmall = length < INLINE_BYTES && form === undefined;
      return known(
        isSmall
          ? readDocument(bytes, fingerprinted)
          : await this.#readOnThread({ bytes, fingerprinted, form }),
      );
    } finally {
      this.#budget.giveBack(length);
    }
  }

  #formOf(request: IncomingMessage): UploadForm | undefined {
    const boundary = multipartBoundary(request.headers['content-type']);
    if (boundary === undefined) return undefined;
    const { MAX_BODY_BYTES, MAX_TENSOR_BYTES } = this.#limits;
    return { boundary, maxJobBytes: MAX_BODY_BYTES, maxTensorBytes: MAX_TENSOR_BYTES };
  }

  async stop(): Promise<void> {
    await this.#pool?.destroy();
  }

  async #readOnThread(task: IntakeTask): Promise<ReadOutcome> {
    this.#pool ??= createPool();
    try {
      return await this.#pool.run(task, { transferList: [task.bytes.buffer] });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
        throw new GradcheckError('body-too-large', 'reading the document takes more memory than there is');
      }
      throw error;
    }
  }
}

/** With a spec that was seen before if there is one. Not in the thread, which gives the buffers of specs away. */
function known(outcome: ReadOutcome): ReadOutcome {
  if (outcome.kind !== 'job') return outcome;
  const { job } = outcome;
  return { ...outcome, job: { ...job, spec: knownSpec(job.spec) } };
}

function createPool(): Piscina<IntakeTask, ReadOutcome> {
  const { path, execArgv } = findWorkerFile('intake');
  const pool = new Piscina<IntakeTask, ReadOutcome>({
    filename: path,
    execArgv: [...execArgv],
    minThreads: 1,
    maxThreads: 1,
    // Otherwise the thread would sleep between two tasks in a way that keeps it from giving back memory.
    atomics: 'disabled',
  });
  // A thread that dies is reported by the task it ran; piscina also emits the error, which would end the process.
  pool.on('error', () => {});
  return pool;
}
