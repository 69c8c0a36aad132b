import { type Graph, isLeaf, type OpNode } from './graph.ts';
import { findOp } from './ops/registry.ts';
import { ancestorsOf } from './tape.ts';

/**
 * The op nodes that would have to be evaluated in complex arithmetic but have none: those that some of the named
 * parameters move, on the way to the cost.
 */
export function opsWithoutComplex(graph: Graph, parameters: ReadonlySet<string>): OpNode[] {
  const needed = ancestorsOf(graph, graph.cost);
  const moved: boolean[] = [];
  const found: OpNode[] = [];
  graph.nodes.forEach((node, id) => {
    if (isLeaf(node)) {
      moved[id] = node.op === 'parameter' && parameters.has(node.name);
      return;
    }
    moved[id] = needed[id] && node.inputs.some((input) => moved[input]);
    if (moved[id] && findOp(node.op).compileComplex === undefined) found.push(node);
  });
  return found;
}
