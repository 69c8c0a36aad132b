import { type Graph, isLeaf, type NodeId, type OpNode } from './graph.ts';
import { findOp } from './ops/registry.ts';
import { spreadElementwise } from './spread.ts';
import { ancestorsOf } from './tape.ts';

/** A function of one value, entry by entry and not linear: one op of the graph, or a formula of several. */
export interface Activation {
  /** Its argument z. */
  readonly entry: NodeId;
  /** Its value a(z). */
  readonly exit: NodeId;
  /** What the client wrote that became it: `layers[1] (relu)`. */
  readonly layer: string;
  /** `relu`; of a formula the kind of the layer. */
  readonly op: string;
}

/** The activations between J and any of these parameters, those nearest to J last. */
export function activationsBetween(graph: Graph, parameters: ReadonlySet<string>): readonly Activation[] {
  const needed = ancestorsOf(graph, graph.cost);
  const reached = graph.nodes.map(
    (node) => isLeaf(node) && node.op === 'parameter' && parameters.has(node.name),
  );
  const formulas = findFormulas(graph);
  return graph.nodes.flatMap((node, id) => {
    if (isLeaf(node)) return [];
    reached[id] = node.inputs.some((input) => reached[input]);
    const formula = formulas[id];
    if (!needed[id] || !reached[id] || formula === undefined || formula.goesOn || !formula.bends) return [];
    // A penalty's square is one too, but no activation.
    if (isLeaf(graph.nodes[formula.entry])) return [];
    return [describe(node, id, formula)];
  });
}

/** What a node is, seen as a function of one other node. */
interface Formula {
  readonly entry: NodeId;
  readonly isOneOp: boolean;
  readonly bends: boolean;
  /** Whether another op of the same layer takes it further. */
  goesOn: boolean;
}

/** The formula that ends in each node; ops that were written as one layer belong to one formula. */
function findFormulas(graph: Graph): readonly (Formula | undefined)[] {
  const formulas: (Formula | undefined)[] = [];
  const isConstant: boolean[] = [];
  for (const [id, node] of graph.nodes.entries()) {
    isConstant[id] = isLeaf(node) ? node.op === 'constant' : node.inputs.every((input) => isConstant[input]);
    formulas[id] = undefined;
    if (isLeaf(node) || isConstant[id] || findOp(node.op).spread !== spreadElementwise) continue;
    const varying = node.inputs.filter((input) => !isConstant[input]);
    const inner = varying.map((input) =>
      isOneLayer(node, graph.nodes[input]) ? formulas[input] : undefined,
    );
    const entries = new Set(varying.map((input, i) => inner[i]?.entry ?? input));
    const [entry] = entries;
    if (entries.size > 1 || graph.nodes[entry].shape.join() !== node.shape.join()) continue;
    const isLinear = findOp(node.op).linear?.(
      node.inputs.map((input) => !isConstant[input]),
      node.attributes,
    );
    for (const formula of inner) if (formula !== undefined) formula.goesOn = true;
    formulas[id] = {
      entry,
      isOneOp: inner.every((formula) => formula === undefined),
      bends: !isLinear || inner.some((formula) => formula?.bends),
      goesOn: false,
    };
  }
  return formulas;
}

function isOneLayer(node: OpNode, input: Graph['nodes'][number]): boolean {
  return node.source !== undefined && !isLeaf(input) && input.source === node.source;
}

function describe(node: OpNode, exit: NodeId, { entry, isOneOp }: Formula): Activation {
  const kind = /\(([^()]+)\)$/.exec(node.source ?? '')?.[1];
  const op = isOneOp ? node.op : (kind ?? node.op);
  return { entry, exit, layer: node.source ?? `node ${exit}`, op };
}
