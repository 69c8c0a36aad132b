import type { NodeSite } from './node-site.ts';
import type { OnnxResult } from './onnx-value.ts';

/** Lowers one node; several outputs in the node's order. */
export type Translate = (node: NodeSite) => OnnxResult | readonly OnnxResult[];

/** One operator of ONNX, as the graph computes it. */
export interface OnnxOperator {
  readonly name: string;
  /** The opset that it came with: 1 for what is older than the oldest that is read. */
  readonly since: number;
  /** The last opset that has it; every later one if left out. */
  readonly until?: number;
  readonly translate: Translate;
}

/** Where the meaning of an operator changed with an opset, `translate` asks the node for its opset. */
export function operator(name: string, since: number, translate: Translate): OnnxOperator {
  return { name, since, translate };
}
