import { ShapeError } from '../../graph/op.ts';
import { quote } from '../../tensors/describe-json.ts';
import { didYouMean } from '../nearest-name.ts';
import type { Emission } from './emission.ts';
import type { OnnxNode } from './file/onnx-file.ts';
import { isOwnDomain } from './file/read-onnx-file.ts';
import { type AttributePrecision, NodeAttributes } from './node-attributes.ts';
import { NodeSite } from './node-site.ts';
import { OnnxRefusal } from './onnx-refusal.ts';
import type { OnnxResult, OnnxValue } from './onnx-value.ts';
import type { OnnxOperator } from './operator.ts';
import { operators } from './operator-registry.ts';

/** How the nodes of one file are lowered. */
export interface NodeTranslation {
  readonly opset: number;
  readonly precision: AttributePrecision;
  readonly emission: Emission;
  /**
   * What a name means that no node gives: an input or an initializer. `refused` when that has been told as a fault
   * already; undefined when there is nothing of that name.
   */
  leaf(name: string): OnnxValue | 'refused' | undefined;
  /** Told once for each node that cannot be taken. */
  refuse(detail: string): void;
}

/** What the names of a graph mean; undefined for those that hang on a node or leaf that was refused. */
export type ValueTable = Map<string, OnnxResult | undefined>;

/** Operators that run graphs of their own. */
const controlFlow = new Set(['If', 'Loop', 'Scan', 'SequenceMap']);

/**
 * Lowers nodes in the file's order, which is topological by ONNX's rules. A node that cannot be lowered is refused, and
 * what hangs on it is passed over in silence, so that each cause is told once.
 */
export function translateNodes(nodes: readonly OnnxNode[], translation: NodeTranslation): ValueTable {
  const values: ValueTable = new Map();
  for (const node of nodes) {
    const outputs = attempt(translation, () => translateNode(node, values, translation));
    node.outputs.forEach((name, position) => {
      if (name !== '') values.set(name, outputs?.[position]);
    });
  }
  return values;
}

/** The tensor that a name means. @throws OnnxRefusal when it means nothing, or several. */
export function valueNamed(
  name: string,
  values: ValueTable,
  translation: NodeTranslation,
  source: string,
): OnnxValue | undefined {
  const result = resultNamed(name, values, translation, source);
  if (result === undefined || 'node' in result) return result;
  throw new OnnxRefusal(`${source}: ${quote(name)} is a sequence of tensors, not a tensor`);
}

/** What a name means, read for the first time if no node gives it. @throws OnnxRefusal when it means nothing. */
function resultNamed(
  name: string,
  values: ValueTable,
  { leaf }: NodeTranslation,
  source: string,
): OnnxResult | undefined {
  if (values.has(name)) return values.get(name);
  const found = leaf(name);
  if (found === undefined) {
    throw new OnnxRefusal(
      `${source}: ${quote(name)} is no input, no initializer, and given by no node before it${didYouMean(name, values.keys())}`,
    );
  }
  const value = found === 'refused' ? undefined : found;
  values.set(name, value);
  return value;
}

function attempt<T>({ refuse }: NodeTranslation, build: () => T): T | undefined {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof OnnxRefusal)) throw error;
    refuse(error.message);
    return undefined;
  }
}

function translateNode(
  node: OnnxNode,
  values: ValueTable,
  translation: NodeTranslation,
): readonly OnnxResult[] | undefined {
  const { opset, precision, emission } = translation;
  const found = findOperator(node, opset);
  const inputs = node.inputs.map((name) =>
    name === '' ? { value: undefined } : { value: resultNamed(name, values, translation, node.source), name },
  );
  if (inputs.some(({ name, value }) => name !== undefined && value === undefined)) return undefined;
  const attributes = new NodeAttributes(node, precision);
  const given = inputs.map(({ value }) => value);
  const outputs = naming(node, () => found.translate(new NodeSite(node, given, attributes, opset, emission)));
  attributes.refuseUnread();
  const list = 'node' in outputs || 'parts' in outputs ? [outputs] : outputs;
  const missing = node.outputs.findIndex((name, position) => name !== '' && list[position] === undefined);
  if (missing >= 0) throw new OnnxRefusal(`${node.source}: its output ${missing} is not supported`);
  return list;
}

/** Shapes that do not fit are told with the node. */
function naming<T>(node: OnnxNode, build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (error instanceof ShapeError) throw new OnnxRefusal(`${node.source}: ${error.message}`);
    throw error;
  }
}

function findOperator({ operator: name, domain, isCall, source }: OnnxNode, opset: number): OnnxOperator {
  if (isCall) {
    throw new OnnxRefusal(
      `${source}: ${quote(name)} is a function that the model defines, which is not supported: inline it (onnx.inliner.inline_local_functions)`,
    );
  }
  if (!isOwnDomain(domain)) {
    throw new OnnxRefusal(`${source}: operators of the domain ${quote(domain)} are not supported`);
  }
  if (controlFlow.has(name)) {
    throw new OnnxRefusal(
      `${source}: ${name} runs a graph of its own, which is not supported: export without it`,
    );
  }
  const found = operators.get(name);
  if (found === undefined) {
    throw new OnnxRefusal(
      `${source}: the operator ${quote(name)} is not supported${didYouMean(name, operators.keys())}`,
    );
  }
  const { since, until } = found;
  if (opset < since)
    throw new OnnxRefusal(`${source}: ${name} came with opset ${since}, but the model says ${opset}`);
  if (until !== undefined && opset > until) {
    throw new OnnxRefusal(`${source}: ${name} ended with opset ${until}, but the model says ${opset}`);
  }
  return found;
}
