import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { ShardResult } from '../src/check/shard.ts';
import { ShardRunner } from '../src/check/shard-runner.ts';
import { feelMemory } from '../src/jobs/executor/memory-pressure.ts';
import type { ShardWork, ThreadTask, WorkerAnswer } from '../src/jobs/executor/shard-task.ts';
import { loadKernelModule } from '../src/kernels/load-module.ts';

const kernels = loadKernelModule();

/** The jobs whose memory this thread holds; the executor says when to let go. */
const jobs = new Map<string, { readonly memory: WebAssembly.Memory; readonly runner: ShardRunner }>();

/** The entry of a shard thread: runs one shard and answers with a plain value, whatever happens. */
export function runTask({ forget, work }: ThreadTask): unknown {
  for (const jobId of forget) letGo(jobId);
  return work === undefined ? undefined : transferred(answer(work));
}

function letGo(jobId: string): void {
  const memory = jobs.get(jobId)?.memory;
  jobs.delete(jobId);
  if (memory !== undefined) feelMemory(memory.buffer.byteLength);
}

function answer(work: ShardWork): WorkerAnswer {
  try {
    const result = runnerOf(work).run(work.shard, work.slot);
    return result === undefined ? { kind: 'cancelled' } : { kind: 'done', result };
  } catch (error) {
    // The message alone: an error's class does not survive the way between threads.
    return {
      kind: 'failed',
      code: 'shard-failed',
      detail: error instanceof Error ? error.message : String(error),
    };
  }
}

function runnerOf({ jobId, memory }: ShardWork): ShardRunner {
  const known = jobs.get(jobId);
  if (known !== undefined) return known.runner;
  if (memory === undefined) throw new Error(`the thread does not hold the memory of job ${jobId}`);
  feelMemory(memory.buffer.byteLength);
  const runner = new ShardRunner(memory, kernels);
  jobs.set(jobId, { memory, runner });
  return runner;
}

/** Marks the values of a result to be moved to the main thread rather than copied. */
function transferred(value: WorkerAnswer) {
  if (value.kind !== 'done') return value;
  return move({ [transferableSymbol]: buffersOf(value.result), [valueSymbol]: value });
}

function buffersOf(result: ShardResult): ArrayBufferLike[] {
  if (result.stage === 'prepare') return [];
  const buffers = result.entries.flatMap(({ components, numeric, crossed }) => {
    const lists = components.kind === 'list' ? [components.indices.buffer] : [];
    return [numeric.buffer, crossed.buffer, ...lists];
  });
  return [...new Set(buffers)];
}
