import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { CheckJob } from '../src/check/check-job.ts';
import { createJobMemory } from '../src/check/job-memory.ts';
import type { ShardResult } from '../src/check/shard.ts';
import { ShardRunner } from '../src/check/shard-runner.ts';
import { feelMemory } from '../src/jobs/executor/memory-pressure.ts';
import type { ShardWork, ThreadTask, WholeWork, WorkerAnswer } from '../src/jobs/executor/shard-task.ts';
import { checkWhole, type WholeCheck } from '../src/jobs/executor/whole-check.ts';
import { createKernelMemory } from '../src/kernels/kernel-memory.ts';
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

/** The memory in which this thread checks whole jobs, with its kernels. */
let own: Pick<HeldMemory, 'memory' | 'kernels'> | undefined;

/** The entry of a shard thread: runs one shard or one job and answers with a plain value, whatever happens. */
export function runTask({ forget, work }: ThreadTask): unknown {
  for (const place of forget) letGo(place);
  if (work === undefined) return undefined;
  return work.kind === 'shard' ? transferred(answer(() => runShard(work))) : answer(() => runJob(work));
}

function letGo(place: number): void {
  const memory = memories.get(place)?.memory;
  memories.delete(place);
  if (memory !== undefined) feelMemory(memory.buffer.byteLength);
}

function runShard(work: ShardWork): ShardResult | undefined {
  return runnerOf(work).run(work.shard, work.slot);
}

function runJob({ job }: WholeWork): WholeCheck {
  return checkWhole(job, openHere);
}

/** Lays a job out in this thread's own memory. */
function openHere(job: CheckJob): ShardRunner {
  const memory = createJobMemory(job, 1, ownMemory);
  own = own?.memory === memory ? own : { memory, kernels: instantiateKernels(module, memory) };
  return new ShardRunner(memory, own.kernels);
}

function ownMemory(floats: number): WebAssembly.Memory {
  const known = own?.memory;
  return known !== undefined && known.buffer.byteLength >= 8 * floats ? known : createKernelMemory(floats);
}

function answer<Result>(run: () => Result | undefined): WorkerAnswer<Result> {
  try {
    const result = run();
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
function transferred(value: WorkerAnswer<ShardResult>) {
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
