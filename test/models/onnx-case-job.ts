import type { CheckJob } from '../../src/check/check-job.ts';
import { defaultSettings } from '../../src/check/settings.ts';
import { isLeaf } from '../../src/graph/graph.ts';
import { isFloat } from '../../src/models/onnx/element-type.ts';
import { Emission } from '../../src/models/onnx/emission.ts';
import { readTensor, type TensorContent } from '../../src/models/onnx/file/onnx-tensor.ts';
import { readOnnxFile } from '../../src/models/onnx/file/read-onnx-file.ts';
import { WireMessage } from '../../src/models/onnx/file/wire-message.ts';
import type { OnnxValue } from '../../src/models/onnx/onnx-value.ts';
import { checkedOpset } from '../../src/models/onnx/opset.ts';
import { translateNodes, valueNamed } from '../../src/models/onnx/translate-nodes.ts';
import { sizeOf } from '../../src/tensors/tensor.ts';
import type { NodeCase } from './onnx-node-case.ts';

/**
 * A node case as a job: θ is its float inputs, J a weighted sum of all that its float outputs hold.
 * @returns undefined when it has no such inputs or outputs, or is refused for them
 */
export function jobOfCase({ model, inputs }: NodeCase): CheckJob | undefined {
  const file = readOnnxFile(model);
  const contents = new Map<string, TensorContent>();
  file.inputs.forEach(({ name }, i) => {
    if (inputs[i] !== undefined) contents.set(name, readTensor(WireMessage.read(inputs[i])).read());
  });
  const emission = new Emission();
  const refusals: string[] = [];
  const translation = {
    opset: checkedOpset(file.opset),
    precision: 'decimal' as const,
    emission,
    refuse: (detail: string) => refusals.push(detail),
    leaf(name: string) {
      const content = contents.get(name);
      if (content === undefined) return undefined;
      return isTheta(content)
        ? emission.parameter(name, content.shape, content.type)
        : emission.data(name, content);
    },
  };
  const values = translateNodes(file.nodes, translation);
  if (refusals.length > 0) return undefined;
  const outputs = file.outputs.flatMap(
    ({ name }) => valueNamed(name, values, translation, 'an output') ?? [],
  );
  const terms = outputs.filter(({ type, shape }) => isFloat(type) && sizeOf(shape) > 0);
  const [first, ...more] = terms.map((output, i) => weightedSum(emission, output, i));
  if (first === undefined) return undefined;
  const cost = more.reduce((sum, term) => emission.apply('add', [sum, term], {}, sum.type, 'J'), first);
  return jobOf(emission, cost, contents);
}

function isTheta({ type, values }: TensorContent): boolean {
  return isFloat(type) && values.length > 0 && values.every(Number.isFinite);
}

function weightedSum(emission: Emission, output: OnnxValue, seed: number): OnnxValue {
  const { shape, type } = output;
  const values = Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(12.9898 * (i + seed) + 1));
  const products = emission.apply(
    'multiply',
    [output, emission.constant({ type, shape, values })],
    {},
    type,
    'J',
  );
  return emission.apply(
    'sum',
    [products],
    { axes: shape.map((_, axis) => axis), keepDims: false },
    type,
    'J',
  );
}

function jobOf(
  emission: Emission,
  cost: OnnxValue,
  contents: ReadonlyMap<string, TensorContent>,
): CheckJob | undefined {
  const graph = emission.builder.finish(cost.node);
  const named = (op: 'parameter' | 'data') =>
    graph.nodes.flatMap((node) => {
      const content = isLeaf(node) && node.op === op ? contents.get(node.name) : undefined;
      return content === undefined || !isLeaf(node) ? [] : [{ name: node.name, ...content }];
    });
  const [theta, data] = [named('parameter'), named('data')];
  if (theta.length === 0) return undefined;
  let offset = 0;
  const parameters = theta.map(({ name, shape, values }) => {
    offset += values.length;
    return {
      name,
      shape,
      offset: offset - values.length,
      size: values.length,
      claimedDtype: 'float64' as const,
    };
  });
  return {
    spec: {
      graph,
      parameters,
      data: data.map(({ name, shape }) => ({ name, shape })),
      settings: defaultSettings,
      labels: {},
    },
    theta: Float64Array.from(theta.flatMap(({ values }) => [...values])),
    claimed: new Float64Array(offset),
    data: data.map(({ shape, values }) => ({ shape, dtype: 'float64', values })),
  };
}
