import { type Faults, pointerTo } from '../errors/fault.ts';
import { type Graph, isLeaf } from '../graph/graph.ts';
import type { ModelInputs } from './model-format.ts';

/** Characters looked through at most: this is a courtesy, not worth a second of a hostile document. */
const mostSearched = 1e7;

/** Names of the data that a graph reads, in the graph's order. */
export function dataReadBy(graph: Graph): string[] {
  return graph.nodes.flatMap((node) => (isLeaf(node) && node.op === 'data' ? [node.name] : []));
}

/** Adds a fault for data that the graph never reads: most likely a slip in a name. */
export function refuseUnreadData({ data, parameters }: ModelInputs, graph: Graph, faults: Faults): void {
  const read = new Set(dataReadBy(graph));
  for (const name of data.keys()) if (!read.has(name) && !parameters.has(name)) refuse(name, faults);
}

/**
 * The same for a model that could not be built: adds a fault for data whose name no text of the model contains, as
 * the model cannot mean it however its faults are mended. `implied` are names that it reads without naming them.
 */
export function refuseUnmentionedData(
  { data, parameters }: ModelInputs,
  model: unknown,
  implied: readonly string[],
  faults: Faults,
): void {
  const text = textsOf(model).join('\n');
  if (text.length * data.size > mostSearched) return;
  for (const name of data.keys()) {
    if (!text.includes(name) && !implied.includes(name) && !parameters.has(name)) refuse(name, faults);
  }
}

function refuse(name: string, faults: Faults): void {
  faults.add(pointerTo('/data', name), `the model never reads ${name}`);
}

function textsOf(model: unknown): string[] {
  const texts: string[] = [];
  const pending = [model];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next === 'string') texts.push(next);
    else if (typeof next === 'object' && next !== null)
      for (const child of Object.values(next)) pending.push(child);
  }
  return texts;
}
