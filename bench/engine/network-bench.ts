import type { Executor } from '../../src/jobs/executor/executor.ts';
import { TemporaryFolder } from '../temporary-folder.ts';
import { writeCase } from './case-folder.ts';
import { type Contender, takeTurns } from './contender.ts';
import { NaiveLoop } from './naive-loop.ts';
import { type Network, networkName } from './network.ts';
import { createCase, type NetworkCase } from './network-case.ts';
import { NetworkResult } from './network-result.ts';
import { peakMemoryRow } from './peak-memory.ts';
import { fastGradcheck, type Peer, PeerContender, scipyPeers, slowGradcheck } from './peer-contender.ts';
import type { Python } from './python.ts';
import { affordableComponents, type RunBudget, StrategyContender, strategies } from './strategy-contender.ts';

const SEED = 7;
/** Components that a peer's first sample has. */
const PEER_PILOT = 64;

/** How much time a benchmark may take. */
export interface Effort {
  readonly ours: RunBudget;
  /** Of a peer, or of the naive loop, where only a sample is timed. */
  readonly sampleSeconds: number;
  readonly mostRounds: number;
  /** Whether peers are sampled even where they would be run whole. */
  readonly sampleAll: boolean;
}

export interface NetworkBench {
  readonly result: NetworkResult;
  readonly memoryRows: readonly (readonly string[])[];
}

/** Every contender on one network, and the peak memory of each of our strategies. */
export async function benchNetwork(
  network: Network,
  executors: readonly Executor[],
  effort: Effort,
  python: Python | undefined,
): Promise<NetworkBench> {
  console.error(`${networkName(network)}, ${network.examples} examples`);
  const numbers = createCase(network, SEED);
  const temporary = new TemporaryFolder();
  const folder = temporary.path;
  try {
    writeCase(folder, numbers);
    const threadCounts = executors.map((executor) => executor.capacity());
    const peers = python === undefined ? [] : peersOf(numbers, threadCounts, effort, python, folder);
    const others = [new NaiveLoop(numbers, effort.sampleSeconds), ...peers];
    const ours = await ourContenders(numbers, executors, effort.ours);
    const timings = await takeTurns([...ours, ...others], effort.mostRounds);
    const memoryRows: string[][] = [];
    for (const own of ours) {
      if (own.threads === Math.max(...threadCounts))
        memoryRows.push(await peakMemoryRow(network, folder, own));
    }
    return { result: new NetworkResult(network, ours, others, timings), memoryRows };
  } finally {
    temporary.remove();
  }
}

/** Each strategy on each number of threads, with the same components. */
async function ourContenders(
  numbers: NetworkCase,
  executors: readonly Executor[],
  budget: RunBudget,
): Promise<StrategyContender[]> {
  const contenders: StrategyContender[] = [];
  for (const strategy of strategies) {
    const components = await affordableComponents(executors[0], numbers, strategy, budget);
    if (components === undefined) continue;
    for (const executor of executors)
      contenders.push(new StrategyContender(executor, numbers, strategy, components));
  }
  return contenders;
}

function peersOf(
  { network, cost }: NetworkCase,
  threadCounts: readonly number[],
  { sampleSeconds, sampleAll }: Effort,
  python: Python,
  folder: string,
): Contender[] {
  const whole = network.slowGradcheck === 'whole' && !sampleAll;
  const bounded = (peer: Peer): Peer => (whole ? peer : { ...peer, pilot: PEER_PILOT });
  const peers = [bounded(slowGradcheck), fastGradcheck, ...scipyPeers.map(bounded)];
  return peers.flatMap((peer) =>
    threadCounts.map((threads) => new PeerContender(peer, { python, threads, folder, cost, sampleSeconds })),
  );
}
