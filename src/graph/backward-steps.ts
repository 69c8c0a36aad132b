import { type Graph, isLeaf, type NodeId } from './graph.ts';
import { ancestorsOf } from './tape.ts';

/** Where a backward pass reaches parameters. */
export interface BackwardStep {
  /** What the client wrote that reads them: `layers[2] (dense)`. */
  readonly source?: string;
  readonly parameters: readonly string[];
  /** Parameters whose gradients are computed from what is passed back from here, by that way alone. */
  readonly behind: readonly string[];
}

interface Meeting {
  readonly name: string;
  readonly node: NodeId;
}

/**
 * The parameters in the order in which a backward pass reaches them, from the cost on; those of one layer together. A
 * parameter is reached where it meets what else J depends on (its product with the layer's input), at the use that is
 * farthest from the cost, as its gradient is not complete before.
 */
export function backwardSteps(graph: Graph): readonly BackwardStep[] {
  const meetings = findMeetings(graph).sort((a, b) => b.node - a.node);
  const groups: Meeting[][] = [];
  for (const meeting of meetings) {
    const group = groups.at(-1);
    if (group !== undefined && isOneLayer(graph, group[group.length - 1], meeting)) group.push(meeting);
    else groups.push([meeting]);
  }
  return groups.map((group) => {
    const source = sourceOf(graph, group[0].node);
    return {
      ...(source === undefined ? {} : { source }),
      parameters: group.map(({ name }) => name),
      behind: behind(graph, group, meetings),
    };
  });
}

/** Whether two meetings were written as one layer, or the later one adds something to the earlier, as a bias is added. */
function isOneLayer(graph: Graph, later: Meeting, earlier: Meeting): boolean {
  const source = sourceOf(graph, later.node);
  if (source !== undefined && source === sourceOf(graph, earlier.node)) return true;
  const node = graph.nodes[later.node];
  return !isLeaf(node) && node.op === 'add' && node.inputs.includes(earlier.node);
}

function sourceOf({ nodes }: Graph, id: NodeId): string | undefined {
  const node = nodes[id];
  return isLeaf(node) ? undefined : node.source;
}

/** Where each parameter meets something else that varies. */
function findMeetings(graph: Graph): Meeting[] {
  const needed = ancestorsOf(graph, graph.cost);
  const varies = graph.nodes.map(({ op }) => op === 'parameter' || op === 'data');
  const consumers: NodeId[][] = graph.nodes.map(() => []);
  graph.nodes.forEach((node, id) => {
    if (isLeaf(node)) return;
    varies[id] = node.inputs.some((input) => varies[input]);
    if (needed[id]) for (const input of new Set(node.inputs)) consumers[input].push(id);
  });
  const meeting = (from: NodeId): NodeId =>
    consumers[from].reduce<NodeId>((earliest, id) => {
      const node = graph.nodes[id];
      const meetsHere = !isLeaf(node) && node.inputs.some((input) => input !== from && varies[input]);
      return Math.min(earliest, meetsHere ? id : meeting(id));
    }, graph.cost);
  return graph.nodes.flatMap((node, id) =>
    isLeaf(node) && node.op === 'parameter' && needed[id] ? [{ name: node.name, node: meeting(id) }] : [],
  );
}

function behind(graph: Graph, group: readonly Meeting[], meetings: readonly Meeting[]): string[] {
  const gate = Math.max(...group.map(({ node }) => node));
  const feedsGate = ancestorsOf(graph, gate);
  const goesAround = ancestorsWithout(graph, gate);
  return meetings.flatMap(({ name, node }) =>
    node !== gate && feedsGate[node] && !goesAround[node] && !group.some((own) => own.name === name)
      ? [name]
      : [],
  );
}

/** What J depends on by ways that do not pass a node. */
function ancestorsWithout(graph: Graph, gate: NodeId): boolean[] {
  const marked = new Array<boolean>(graph.nodes.length).fill(false);
  marked[graph.cost] = graph.cost !== gate;
  for (let id = graph.cost; id >= 0; id--) {
    const node = graph.nodes[id];
    if (!marked[id] || isLeaf(node)) continue;
    for (const input of node.inputs) if (input !== gate) marked[input] = true;
  }
  return marked;
}
