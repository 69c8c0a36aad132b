import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { ShardResult } from '../src/check/shard.ts';
import { ShardRunner } from '../src/check/shard-runner.ts';
import { feelMemory } from '../src/jobs/executor/memory-pressure.ts';
import type { ShardWork, ThreadTask, WorkerAnswer } from '../src/jobs/executor/shard-task.ts';
import { instantiateKernels, type Kernels } from '../src/kernels/kernels.ts';
import { loadKernelModule } from '../src/kernels/load-module.ts';

/** A memory that this thread holds, and the job that was run in it last. */
interface HeldMemory {
  readonly memory: WebAssembly.Memory;
  readonly kernels: Kernels;
  readonly opening: number;
  readonly runner: ShardRunner;
}

const module = loadKernelModule();

/** By their numbers on this thread; the executor says when to let go. */
const memories = new Map<number, HeldMemory>();

/** The entry of a shard thread: runs one shard and answers with a plain value, whatever happens. */
export function runTask({ forget, work }: ThreadTask): unknown {
  for (const place of forget) letGo(place);
  return work === undefined ? undefined : transferred(answer(work));
}

function letGo(place: number): void {
  const memory = memories.get(place)?.memory;
  memories.delete(place);
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

function runnerOf({ place, memory: sent, opening }: ShardWork): ShardRunner {
  const known = memories.get(place);
  if (known?.opening === opening) return known.runner;
  const memory = known?.memory ?? sent;
  if (memory === undefined) throw new Error(`the thread does not hold memory ${place}`);
  if (known === undefined) feelMemory(memory.buffer.byteLength);
  // Putting the kernels on a memory takes as long as compiling a small job.
  const kernels = known?.kernels ?? instantiateKernels(module, memory);
  const runner = new ShardRunner(memory, kernels);
  memories.set(place, { memory, kernels, opening, runner });
  return runner;
}

/** Marks the values of a result to be moved to the main thread rather than copied. */
function transferred(value: WorkerAnswer) {
  if (value.kind !== 'done') return value;
  return move({ [transferableSymbol]: buffersOf(value.result), [valueSymbol]: value });
}

function buffersOf(result: ShardResult): ArrayBufferLike[] {
  if (result.stage === 'prepare' || result.stage === 'diagnose') return [];
  const buffers = result.entries.flatMap(({ components, numeric, crossed }) => {
    const lists = components.kind === 'list' ? [components.indices.buffer] : [];
    return [numeric.buffer, crossed.buffer, ...lists];
  });
  return [...new Set(buffers)];
}
