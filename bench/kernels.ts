import { createKernelMemory } from '../src/kernels/kernel-memory.ts';
import { instantiateKernels, type Kernels } from '../src/kernels/kernels.ts';
import { loadKernelModule } from '../src/kernels/load-module.ts';
import { describeMachine } from './machine.ts';
import { median } from './median.ts';
import { figure, formatTable, type Table } from './table.ts';

const SAMPLES = 9;
/** Processor time of one sample. */
const SAMPLE_SECONDS = 0.03;

/** Entries of a run, and where results go. */
const COUNT = 4096;
const OUT = 2 * COUNT;
const FLOATS = 12 * 2 ** 20;

export interface KernelBenchOptions {
  readonly quick: boolean;
  readonly markdown: boolean;
}

/** Every kernel on one core beside plain JavaScript. Processor time, so that other work disturbs it little. */
export async function runKernelBench({ quick, markdown }: KernelBenchOptions): Promise<void> {
  const machine = describeMachine();
  console.error(machine.join('\n'));
  const bench = new KernelBench(quick ? 3 : SAMPLES);
  const tables = [bench.products(), bench.functions(), bench.others()];
  console.log([...machine, ...tables.map((table) => formatTable(table, markdown))].join('\n\n'));
}

class KernelBench {
  readonly #samples: number;
  readonly #kernels: Kernels;
  readonly #floats: Float64Array;

  constructor(samples: number) {
    const memory = createKernelMemory(FLOATS);
    this.#samples = samples;
    this.#floats = new Float64Array(memory.buffer);
    this.#kernels = instantiateKernels(loadKernelModule(), memory);
  }

  products(): Table {
    this.#fill(-1, 1);
    return {
      title: 'Products of matrices, GFLOP/s on one core',
      head: ['rows × columns × depth', 'A·B', 'A·Bᵀ', 'Aᵀ·B', 'plain loops', 'A·B / loops'],
      rows: products.map((size) => {
        const rates = [false, true].map((turned) => this.#productRate(size, false, turned));
        rates.push(this.#productRate(size, true, false), this.#loopRate(size));
        return [size.join(' × '), ...rates.map(figure), figure(rates[0] / rates[3])];
      }),
    };
  }

  functions(): Table {
    return {
      title: `Functions over runs of ${COUNT}, nanoseconds per entry`,
      head: ['function', 'kernel', 'Math', 'Math / kernel'],
      rows: functions.map(({ name, range: [from, to], plain }) => {
        this.#fill(from, to);
        const kernel = this.#nanoseconds(() => this.#kernels[name](COUNT, 0, 1, OUT, 1));
        const loop = plain === undefined ? Number.NaN : this.#nanoseconds(plainLoop(this.#floats, plain));
        return [name, figure(kernel), figure(loop), figure(loop / kernel)];
      }),
    };
  }

  others(): Table {
    this.#fill(-1, 1);
    return {
      title: `Other kernels over ${COUNT} entries, nanoseconds per entry`,
      head: ['kernel', 'ns'],
      rows: others.map(([name, run]) => [name, figure(this.#nanoseconds(() => run(this.#kernels)))]),
    };
  }

  #fill(from: number, to: number): void {
    for (let i = 0; i < this.#floats.length; i++) this.#floats[i] = from + (to - from) * Math.random();
  }

  #productRate([rows, columns, depth]: Size, turnedA: boolean, turnedB: boolean): number {
    const b = rows * depth;
    const c = b + depth * columns;
    const [aRow, aColumn] = turnedA ? [1, rows] : [depth, 1];
    const [bRow, bColumn] = turnedB ? [1, depth] : [columns, 1];
    const scratch = c + rows * columns;
    const multiply = this.#kernels.multiplyMatrices;
    const seconds = this.#seconds(() =>
      multiply(rows, columns, depth, 0, aRow, aColumn, b, bRow, bColumn, c, columns, 0, scratch),
    );
    return (2 * rows * columns * depth) / seconds / 1e9;
  }

  #loopRate([rows, columns, depth]: Size): number {
    const seconds = this.#seconds(() => multiplyByLoops(this.#floats, rows, columns, depth));
    return (2 * rows * columns * depth) / seconds / 1e9;
  }

  #nanoseconds(call: () => void): number {
    return (this.#seconds(call) / COUNT) * 1e9;
  }

  /** Seconds of processor time that one call takes. */
  #seconds(call: () => void): number {
    const timed = (repeats: number) => {
      const start = process.cpuUsage();
      for (let i = 0; i < repeats; i++) call();
      return process.cpuUsage(start).user / 1e6 / repeats;
    };
    // Long enough for the engine to have compiled everything with all its care.
    timed(Math.ceil(SAMPLE_SECONDS / Math.max(timed(10), 1e-7)));
    const repeats = Math.ceil(SAMPLE_SECONDS / Math.max(timed(10), 1e-7));
    return median(Array.from({ length: this.#samples }, () => timed(repeats)));
  }
}

/** Rows, columns, depth. */
type Size = readonly [number, number, number];

const products: readonly Size[] = [
  [512, 512, 512],
  [64, 2048, 2048],
  [64, 512, 784],
  [784, 512, 64],
  [32, 256, 256],
  [64, 64, 64],
  [32, 2048, 2048],
  [16, 2048, 2048],
  [8, 2048, 2048],
  [4, 2048, 2048],
  [2, 2048, 2048],
  [8, 256, 256],
  [2, 256, 256],
  [64, 10, 64],
  [2048, 2, 256],
  [24, 24, 24],
  [16, 16, 16],
  [8, 8, 8],
  [4, 3, 5],
];

/** A·B of matrices that lie one after the other, in the fastest order of the three loops. */
function multiplyByLoops(m: Float64Array, rows: number, columns: number, depth: number): void {
  const b = rows * depth;
  const c = b + depth * columns;
  for (let i = 0; i < rows; i++) {
    const row = c + i * columns;
    m.fill(0, row, row + columns);
    for (let k = 0; k < depth; k++) {
      const factor = m[i * depth + k];
      const from = b + k * columns;
      for (let j = 0; j < columns; j++) m[row + j] += factor * m[from + j];
    }
  }
}

interface BenchedFunction {
  readonly name:
    | 'exp'
    | 'expm1'
    | 'log'
    | 'log1p'
    | 'tanh'
    | 'sigmoid'
    | 'softplus'
    | 'erf'
    | 'sqrt'
    | 'relu';
  readonly range: readonly [number, number];
  /** Undefined where JavaScript has no such function. */
  readonly plain?: (x: number) => number;
}

const functions: readonly BenchedFunction[] = [
  { name: 'exp', range: [-10, 10], plain: Math.exp },
  { name: 'expm1', range: [-10, 10], plain: Math.expm1 },
  { name: 'log', range: [0, 10], plain: Math.log },
  { name: 'log1p', range: [0, 10], plain: Math.log1p },
  { name: 'tanh', range: [-4, 4], plain: Math.tanh },
  { name: 'sigmoid', range: [-8, 8], plain: (x) => 1 / (1 + Math.exp(-x)) },
  { name: 'softplus', range: [-8, 8], plain: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) },
  { name: 'erf', range: [-4, 4] },
  { name: 'sqrt', range: [0, 10], plain: Math.sqrt },
  { name: 'relu', range: [-1, 1], plain: (x) => Math.max(x, 0) },
];

function plainLoop(m: Float64Array, f: (x: number) => number): () => void {
  return () => {
    for (let i = 0; i < COUNT; i++) m[OUT + i] = f(m[i]);
  };
}

/** Over two matrices of 64×64, or the runs that they are. */
const others: readonly (readonly [string, (k: Kernels) => void])[] = [
  ['add, run and run', (k) => k.add(1, COUNT, 0, 0, 1, COUNT, 0, 1, OUT, 0, 1)],
  ['add, matrix and row', (k) => k.add(64, 64, 0, 64, 1, COUNT, 0, 1, OUT, 64, 1)],
  ['multiply, matrix and one number per row', (k) => k.multiply(64, 64, 0, 64, 1, COUNT, 1, 0, OUT, 64, 1)],
  ['maximum, run and run', (k) => k.maximum(1, COUNT, 0, 0, 1, COUNT, 0, 1, OUT, 0, 1)],
  ['addOuter', (k) => k.addOuter(64, 64, 0.5, 0, 1, 64, 1, COUNT, 64, OUT, 64)],
  ['sum', (k) => void k.sum(COUNT, 0, 1)],
  ['dot', (k) => void k.dot(COUNT, 0, 1, COUNT, 1)],
  ['sumOfDifferences', (k) => void k.sumOfDifferences(COUNT, 0, 1, COUNT, 1)],
  ['sumRows', (k) => k.sumRows(64, 64, 0, 64, 1, OUT, 1)],
  ['sumColumns', (k) => k.sumColumns(64, 64, 0, 64, OUT)],
  ['softmaxRows, 10 columns', (k) => k.softmaxRows(COUNT / 10, 10, 0, 10, OUT, 10)],
  ['softmaxRows, 64 columns', (k) => k.softmaxRows(64, 64, 0, 64, OUT, 64)],
  ['softmaxColumns, 64 rows', (k) => k.softmaxColumns(64, 64, 0, 64, OUT, 64)],
  ['logSumExpRows, 64 columns', (k) => k.logSumExpRows(64, 64, 0, 64, OUT, 1)],
];
