import type { Executor } from '../../src/jobs/executor/executor.ts';
import { TemporaryFolder } from '../temporary-folder.ts';
import { takeTurns } from './contender.ts';
import { NaiveLoop } from './naive-loop.ts';
import { peakMemoryRow } from './peak-memory.ts';
import { PeerContender, type PeerSetting } from './peer-contender.ts';
import type { Python } from './python.ts';
import type { Row, RowCase } from './row.ts';
import { RowResult } from './row-result.ts';
import { affordableComponents, type RunBudget, StrategyContender } from './strategy-contender.ts';

/** How much time a benchmark may take. */
export interface Effort {
  readonly ours: RunBudget;
  /** Of a peer; the naive loop takes a sample of as many seconds. */
  readonly peers: Pick<PeerSetting, 'wholeSeconds' | 'sampleSeconds'>;
  readonly mostRounds: number;
}

export interface RowBench {
  readonly result: RowResult;
  readonly memoryRows: readonly (readonly string[])[];
}

/**
 * Every contender on one row, and the peak memory of each of our strategies.
 * @returns undefined for a row that PyTorch has to make, without one
 */
export async function benchRow(
  row: Row,
  executors: readonly Executor[],
  effort: Effort,
  python: Python | undefined,
): Promise<RowBench | undefined> {
  const temporary = new TemporaryFolder();
  try {
    const rowCase = await row.prepare(temporary.path, python);
    if (rowCase === undefined) return undefined;
    console.error(rowCase.title);
    return await benchCase(rowCase, executors, effort, python, temporary.path);
  } finally {
    temporary.remove();
  }
}

async function benchCase(
  rowCase: RowCase,
  executors: readonly Executor[],
  effort: Effort,
  python: Python | undefined,
  folder: string,
): Promise<RowBench> {
  const { job, cost, heldBytes } = rowCase;
  const threadCounts = executors.map((executor) => executor.capacity());
  const peers =
    python === undefined
      ? []
      : rowCase.peers.flatMap((peer) =>
          threadCounts.map(
            (threads) => new PeerContender(peer, { python, threads, folder, cost, ...effort.peers }),
          ),
        );
  const others = [new NaiveLoop(job, effort.peers.sampleSeconds), ...peers];
  const ours = await ourContenders(rowCase, executors, effort.ours);
  const timings = await takeTurns([...ours, ...others], effort.mostRounds);
  const memoryRows: string[][] = [];
  for (const own of ours) {
    if (heldBytes !== undefined && own.threads === Math.max(...threadCounts))
      memoryRows.push(await peakMemoryRow({ ...rowCase, heldBytes }, folder, own));
  }
  return { result: new RowResult(rowCase, ours, others, timings), memoryRows };
}

/** Each strategy on each number of threads, with the same components. */
async function ourContenders(
  { job, strategies }: RowCase,
  executors: readonly Executor[],
  budget: RunBudget,
): Promise<StrategyContender[]> {
  const ours: StrategyContender[] = [];
  for (const strategy of strategies) {
    const components = await affordableComponents(executors[0], job, strategy, budget);
    if (components === undefined) continue;
    for (const executor of executors) ours.push(new StrategyContender(executor, job, strategy, components));
  }
  return ours;
}
