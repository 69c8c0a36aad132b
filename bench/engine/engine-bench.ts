import { describeMachine } from '../machine.ts';
import { figure, formatTable, type Table } from '../table.ts';
import { productName, productRate } from './product-rate.ts';
import { findPython } from './python.ts';
import type { Row } from './row.ts';
import { benchRow, type Effort, type RowBench } from './row-bench.ts';
import { warmExecutor } from './warm-executor.ts';

const THREAD_COUNTS = [1, 2];

const thorough: Effort = {
  ours: { wholeSeconds: 120, sampleSeconds: 20, estimatedSeconds: 3600 },
  peers: { wholeSeconds: 60, sampleSeconds: 10 },
  mostRounds: 5,
};

const quick: Effort = {
  ours: { wholeSeconds: 5, sampleSeconds: 2, estimatedSeconds: 30 },
  peers: { wholeSeconds: 0, sampleSeconds: 1 },
  mostRounds: 1,
};

export interface EngineBenchOptions {
  readonly rows: readonly Row[];
  readonly quick: boolean;
  readonly markdown: boolean;
}

/** Runs our strategies and the peers side by side and prints what came of it. */
export async function runEngineBench(options: EngineBenchOptions): Promise<void> {
  const machine = describeMachine();
  const search = await findPython();
  const python = search.kind === 'found' ? search.python : undefined;
  const peers =
    search.kind === 'found' ? search.python.versions : `PyTorch and SciPy did not run: ${search.reason}`;
  console.error([...machine, peers].join('\n'));
  const rate = productRate();
  const executors = await Promise.all(THREAD_COUNTS.map(warmExecutor));
  try {
    const benches: RowBench[] = [];
    for (const row of options.rows) {
      const bench = await benchRow(row, executors, options.quick ? quick : thorough, python);
      if (bench === undefined) console.error(`${row.name} is left out: PyTorch makes its numbers`);
      else benches.push(bench);
    }
    const tables = summaries(benches, rate).map((table) => formatTable(table, options.markdown));
    console.log([...machine, peers, ...tables].join('\n\n'));
  } finally {
    await Promise.all(executors.map((executor) => executor.destroy()));
  }
}

function summaries(benches: readonly RowBench[], rate: number): Table[] {
  const results = benches.map(({ result }) => result);
  return [
    {
      title: 'Side by side',
      head: ['work', 'strategy', 'threads', 'components/s', 'against', 'components/s', 'ratio'],
      rows: results.flatMap(({ ratioRows }) => ratioRows),
      notes: [
        'A ratio is the median over the rounds in which both ran. A peer that is faster on fewer threads is taken so, ' +
          'and it is said. PyTorch’s fast mode covers all components with one random projection per parameter and ' +
          'names none.',
      ],
    },
    {
      title: 'Threads',
      head: ['work', 'strategy', 'threads', '1 thread takes', 'they take', 'faster'],
      rows: results.flatMap(({ scalingRows }) => scalingRows),
    },
    {
      title: 'Peak memory',
      head: ['work', 'strategy', 'threads', 'θ, claimed, data, activations', 'idle', 'peak', 'peak − idle'],
      rows: benches.flatMap(({ memoryRows }) => memoryRows),
      notes: ['In a fresh process; the last column is in multiples of what the job holds.'],
    },
    {
      title: 'Arithmetic',
      head: ['work', 'strategy', 'threads', 'GFLOP', 'GFLOP/s', 'of the product’s rate'],
      rows: results.flatMap((result) => result.workRows(rate)),
      notes: [
        `By the planner’s static count. The graph’s own product of ${productName} ran at ` +
          `${figure(rate / 1e9)} GFLOP/s on one thread.`,
      ],
    },
    ...results.map(({ table }) => table),
  ];
}
