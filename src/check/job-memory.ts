import { isLeaf } from '../graph/graph.ts';
import type { Heap } from '../graph/heap.ts';
import type { Operand } from '../graph/op.ts';
import { createKernelMemory } from '../kernels/kernel-memory.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { sizeOf } from '../tensors/tensor.ts';
import { type CheckJob, type CheckSpec, componentCount } from './check-job.ts';
import { type CompiledJob, compileJob } from './compile-job.ts';
import { atOnce, copyEach, type Piecewise } from './piecewise.ts';
import { specFromJson, specToJson } from './spec-json.ts';

/*
 * One shared memory per job, addressed in float64s:
 *
 *   header | spec as JSON | θ | claimed | data … | constants … | slot 0 | slot 1 | …
 *
 * A slot belongs to one running shard at a time: a flag that says whether its base values are ready, the base value
 * of every node, scratch for lanes, and room for packing matrices. A thread that dies leaves at worst a slot whose flag is not set.
 */

const HEADER_FLOATS = 8;
/** Positions in the header, as 32-bit integers. */
const CANCEL_FLAG = 0;
const SPEC_BYTES = 1;
const SLOTS = 2;

/** Offsets of every region, in float64s. A pure function of the spec and the number of slots. */
export interface JobLayout {
  readonly theta: number;
  readonly claimed: number;
  readonly data: readonly number[];
  readonly constants: readonly number[];
  readonly slot: number;
  readonly slotSize: number;
  readonly size: number;
}

export function layoutOf(
  spec: CheckSpec,
  compiled: CompiledJob,
  specBytes: number,
  slots: number,
): JobLayout {
  let size = HEADER_FLOATS + Math.ceil(specBytes / 8);
  const take = (count: number) => {
    const offset = size;
    size += count;
    return offset;
  };
  const components = componentCount(spec);
  const theta = take(components);
  const claimed = take(components);
  const data = spec.data.map(({ shape }) => take(sizeOf(shape)));
  const constants = spec.graph.constants.map(({ shape }) => take(sizeOf(shape)));
  const slot = size;
  const slotSize = 1 + compiled.tape.baseSize + compiled.scratchSize + compiled.packingSize;
  return { theta, claimed, data, constants, slot, slotSize, size: slot + slots * slotSize };
}

/**
 * Writes a job's numbers to a memory; any thread may then run its shards, `slots` at a time.
 * @param allocate gives a memory of at least so many float64s, whatever it holds
 */
export function createJobMemory(
  job: CheckJob,
  slots: number,
  allocate?: (floats: number) => WebAssembly.Memory,
): WebAssembly.Memory {
  return atOnce(fillJobMemory(job, slots, allocate));
}

/** As `createJobMemory`, piece by piece. */
export function* fillJobMemory(
  job: CheckJob,
  slots: number,
  allocate = createKernelMemory,
): Piecewise<WebAssembly.Memory> {
  const text = new TextEncoder().encode(specToJson(job.spec));
  const layout = layoutOf(job.spec, compileJob(job.spec), text.length, slots);
  const memory = allocate(layout.size);
  const { buffer } = memory;
  const header = new Int32Array(buffer, 0, HEADER_FLOATS * 2);
  Atomics.store(header, CANCEL_FLAG, 0);
  header[SPEC_BYTES] = text.length;
  header[SLOTS] = slots;
  new Uint8Array(buffer, HEADER_FLOATS * 8, text.length).set(text);
  const floats = new Float64Array(buffer);
  for (let slot = 0; slot < slots; slot++) floats[layout.slot + slot * layout.slotSize] = 0;
  const { theta, claimed, data, spec } = job;
  yield* copyEach(
    [
      [theta, layout.theta],
      [claimed, layout.claimed],
      ...data.map(({ values }, i) => [values, layout.data[i]] as const),
      ...spec.graph.constants.map(({ values }, i) => [values, layout.constants[i]] as const),
    ],
    floats,
  );
  return memory;
}

/** The job whose numbers a memory holds: the same, not copies of them. */
export function jobInMemory(spec: CheckSpec, { buffer }: WebAssembly.Memory): CheckJob {
  const header = new Int32Array(buffer, 0, HEADER_FLOATS * 2);
  const layout = layoutOf(spec, compileJob(spec), header[SPEC_BYTES], header[SLOTS]);
  const components = componentCount(spec);
  const numbers = (offset: number, count: number) => new Float64Array(buffer, 8 * offset, count);
  return {
    spec,
    theta: numbers(layout.theta, components),
    claimed: numbers(layout.claimed, components),
    data: spec.data.map(({ shape }, i) => ({
      shape,
      dtype: 'float64',
      values: numbers(layout.data[i], sizeOf(shape)),
    })),
  };
}

/** Sets the flag that running shards look at between batches. */
export function requestCancel({ buffer }: WebAssembly.Memory): void {
  Atomics.store(new Int32Array(buffer), CANCEL_FLAG, 1);
}

/** A job as a worker sees it: the views of its memory, compiled. */
export class JobView {
  readonly spec: CheckSpec;
  readonly compiled: CompiledJob;
  readonly layout: JobLayout;
  readonly floats: Float64Array;
  readonly #kernels: Kernels;
  readonly #header: Int32Array;

  /** @param kernels those on this memory */
  constructor(memory: WebAssembly.Memory, kernels: Kernels) {
    const { buffer } = memory;
    this.#header = new Int32Array(buffer, 0, HEADER_FLOATS * 2);
    const bytes = this.#header[SPEC_BYTES];
    this.spec = specFromJson(
      new TextDecoder().decode(new Uint8Array(buffer, HEADER_FLOATS * 8, bytes).slice()),
    );
    this.compiled = compileJob(this.spec);
    this.layout = layoutOf(this.spec, this.compiled, bytes, this.#header[SLOTS]);
    this.floats = new Float64Array(buffer);
    this.#kernels = kernels;
  }

  get cancelled(): boolean {
    return Atomics.load(this.#header, CANCEL_FLAG) !== 0;
  }

  /** Where the base value of every node lies in this slot; the values are computed when nobody has yet. */
  baseValues(slot: number): readonly Operand[] {
    const { layout, floats } = this;
    const flag = layout.slot + slot * layout.slotSize;
    const operands = this.#operands(flag + 1);
    if (floats[flag] !== 1) {
      this.compiled.tape.evaluateBase(this.heap(slot), operands);
      floats[flag] = 1;
    }
    return operands;
  }

  /** The memory with its kernels, packing in this slot. */
  heap(slot: number): Heap {
    const { layout, compiled } = this;
    const end = layout.slot + (slot + 1) * layout.slotSize;
    return { floats: this.floats, kernels: this.#kernels, packing: end - compiled.packingSize };
  }

  /** Where lanes of this slot may be laid. */
  scratch(slot: number): number {
    return this.layout.slot + slot * this.layout.slotSize + 1 + this.compiled.tape.baseSize;
  }

  #operands(base: number): Operand[] {
    const { spec, layout, compiled } = this;
    const parameters = new Map(spec.parameters.map(({ name, offset }) => [name, layout.theta + offset]));
    const data = new Map(spec.data.map(({ name }, i) => [name, layout.data[i]]));
    return spec.graph.nodes.map((node, id) => {
      if (!isLeaf(node)) return { offset: base + compiled.tape.baseOffsets[id], laneStride: 0 };
      if (node.op === 'parameter') return leafOperand(parameters.get(node.name));
      if (node.op === 'data') return leafOperand(data.get(node.name));
      return leafOperand(layout.constants[Number(node.name)]);
    });
  }
}

function leafOperand(offset: number | undefined): Operand {
  if (offset === undefined) throw new Error('a leaf of the graph has no values in the job');
  return { offset, laneStride: 0 };
}
