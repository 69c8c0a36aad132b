import type { CheckJob } from '../../src/check/check-job.ts';
import { createJobMemory } from '../../src/check/job-memory.ts';
import { isLeaf, type NodeId, type OpNode } from '../../src/graph/graph.ts';
import { findOp } from '../../src/graph/ops/registry.ts';
import { type Shape, sizeOf, stridesOf, unravel } from '../../src/tensors/tensor.ts';
import { heapWith, viewJob } from '../fixtures/on-kernels.ts';

export interface BackpropagationOptions {
  /** Applied to every value and every derivative, as arithmetic in a lower precision would. */
  readonly round?: (value: number) => number;
  /** Nodes whose derivative is left out, as in a backward pass that forgot an activation's. */
  readonly withoutDerivative?: ReadonlySet<NodeId>;
}

/**
 * The gradient of a job's J by reverse-mode differentiation, laid out as θ: derivatives by hand, op by op, for tests
 * alone. The checker has none of this.
 */
export function backpropagate(job: CheckJob, options: BackpropagationOptions = {}): Float64Array {
  const { graph, parameters } = job.spec;
  const { round = (value) => value, withoutDerivative = new Set() } = options;
  const values = forwardValues(job).map((list) => list.map(round));
  const adjoints = graph.nodes.map(({ shape }) => new Float64Array(sizeOf(shape)));
  adjoints[graph.cost].fill(1);
  for (let id = graph.cost; id >= 0; id--) {
    const node = graph.nodes[id];
    if (isLeaf(node) || adjoints[id].every((value) => value === 0)) continue;
    const gradients = withoutDerivative.has(id)
      ? [adjoints[id]]
      : derivatives(node, {
          shapes: node.inputs.map((input) => graph.nodes[input].shape),
          inputs: node.inputs.map((input) => values[input]),
          output: values[id],
          adjoint: adjoints[id],
        });
    node.inputs.forEach((input, position) => {
      const gradient = gradients[position];
      if (gradient === undefined) return;
      for (let i = 0; i < gradient.length; i++)
        adjoints[input][i] = round(adjoints[input][i] + round(gradient[i]));
    });
  }
  const result = new Float64Array(job.theta.length);
  for (const { name, offset } of parameters) {
    graph.nodes.forEach((node, id) => {
      if (isLeaf(node) && node.op === 'parameter' && node.name === name) result.set(adjoints[id], offset);
    });
  }
  return result;
}

/** Every node's values at θ. */
function forwardValues(job: CheckJob): Float64Array[] {
  const view = viewJob(createJobMemory(job, 1));
  const base = view.baseValues(0);
  return job.spec.graph.nodes.map(({ shape }, id) => {
    const { offset } = base[id];
    return view.floats.slice(offset, offset + sizeOf(shape));
  });
}

interface Local {
  readonly shapes: readonly Shape[];
  readonly inputs: readonly Float64Array[];
  readonly output: Float64Array;
  /** ∂J/∂output. */
  readonly adjoint: Float64Array;
}

type Gradients = readonly (Float64Array | undefined)[];

function derivatives(node: OpNode, local: Local): Gradients {
  const unary = unaryDerivatives[node.op];
  if (unary !== undefined) {
    const { inputs, output, adjoint } = local;
    return [adjoint.map((value, i) => value * unary(inputs[0][i], output[i], node))];
  }
  const binary = binaryDerivatives[node.op];
  if (binary !== undefined) return broadcastGradients(node, local, binary);
  const other = otherDerivatives[node.op];
  if (other === undefined) throw new Error(`the tests know no derivative of ${node.op}`);
  return other(node, local);
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

const unaryDerivatives: Record<string, (x: number, y: number, node: OpNode) => number> = {
  identity: () => 1,
  negate: () => -1,
  exp: (_x, y) => y,
  log: (x) => 1 / x,
  log1p: (x) => 1 / (1 + x),
  expm1: (_x, y) => y + 1,
  sqrt: (_x, y) => 0.5 / y,
  square: (x) => 2 * x,
  abs: (x) => Math.sign(x),
  sign: () => 0,
  relu: (x) => (x > 0 ? 1 : 0),
  tanh: (_x, y) => 1 - y * y,
  sigmoid: (_x, y) => y * (1 - y),
  softplus: (x) => logistic(x),
  'leaky-relu': (x, _y, { attributes }) => (x > 0 ? 1 : Number(attributes.slope)),
  sin: (x) => Math.cos(x),
  cos: (x) => -Math.sin(x),
  erf: (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x),
};

type BinaryDerivative = (a: number, b: number, y: number) => readonly [number, number];

const flat: BinaryDerivative = () => [0, 0];

const binaryDerivatives: Record<string, BinaryDerivative> = {
  add: () => [1, 1],
  subtract: () => [1, -1],
  multiply: (a, b) => [b, a],
  divide: (_a, b, y) => [1 / b, -y / b],
  power: (a, b, y) => [b === 0 ? 0 : b * a ** (b - 1), a > 0 ? y * Math.log(a) : 0],
  maximum: (a, b) => (a > b ? [1, 0] : [0, 1]),
  minimum: (a, b) => (a < b ? [1, 0] : [0, 1]),
  less: flat,
  'less-equal': flat,
  greater: flat,
  'greater-equal': flat,
  equal: flat,
  'not-equal': flat,
};

function broadcastGradients(node: OpNode, local: Local, derivative: BinaryDerivative): Gradients {
  const { shapes, inputs, output, adjoint } = local;
  const places = shapes.map((shape) => broadcastPlaces(shape, node.shape));
  const gradients = shapes.map((shape) => new Float64Array(sizeOf(shape)));
  adjoint.forEach((value, i) => {
    const [left, right] = places.map((list) => list[i]);
    const slopes = derivative(inputs[0][left], inputs[1][right], output[i]);
    gradients[0][left] += value * slopes[0];
    gradients[1][right] += value * slopes[1];
  });
  return gradients;
}

/** For each entry of `to` the entry of `from` that NumPy's broadcasting takes. */
function broadcastPlaces(from: Shape, to: Shape): number[] {
  const strides = stridesOf(from);
  const skipped = to.length - from.length;
  return Array.from({ length: sizeOf(to) }, (_, i) =>
    unravel(i, to).reduce(
      (place, index, axis) =>
        axis < skipped || from[axis - skipped] === 1 ? place : place + index * strides[axis - skipped],
      0,
    ),
  );
}

const otherDerivatives: Record<string, (node: OpNode, local: Local) => Gradients> = {
  matmul: matmulGradients,
  transpose: rearranged,
  reshape: rearranged,
  'broadcast-to': rearranged,
  concat: rearranged,
  slice: rearranged,
  unfold: rearranged,
  sum: (node, local) => reduced(node, local, () => 1),
  mean: (node, local) => reduced(node, local, (count) => 1 / count),
  max: chosen,
  min: chosen,
  softmax: (node, local) =>
    alongAxis(node, local, (adjoint, output) => {
      const dot = adjoint.reduce((sum, value, i) => sum + value * output[i], 0);
      return adjoint.map((value, i) => output[i] * (value - dot));
    }),
  'log-softmax': (node, local) =>
    alongAxis(node, local, (adjoint, output) => {
      const total = adjoint.reduce((sum, value) => sum + value, 0);
      return adjoint.map((value, i) => value - Math.exp(output[i]) * total);
    }),
  'log-sum-exp': logSumExp,
  where: (node, { shapes, inputs, adjoint }) => {
    const places = shapes.map((shape) => broadcastPlaces(shape, node.shape));
    const gradients = shapes.map((shape) => new Float64Array(sizeOf(shape)));
    adjoint.forEach((value, i) => {
      const taken = inputs[0][places[0][i]] !== 0 ? 1 : 2;
      gradients[taken][places[taken][i]] += value;
    });
    return [undefined, gradients[1], gradients[2]];
  },
  pick: gatheredFirst,
  'take-rows': gatheredFirst,
};

/** Of an op that moves entries or repeats them: where each came from is told by sending their numbers through it. */
function rearranged(node: OpNode, { shapes, adjoint }: Local): Gradients {
  const sizes = shapes.map(sizeOf);
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 1));
  const numbered = sizes.map((size, i) => Float64Array.from({ length: size }, (_, j) => starts[i] + j));
  const gradients = sizes.map((size) => new Float64Array(size));
  forward(node, shapes, numbered).forEach((number, i) => {
    if (number === 0) return;
    const input = starts.findLastIndex((start) => start <= number);
    gradients[input][number - starts[input]] += adjoint[i];
  });
  return gradients;
}

/** The same for an op whose second input says which entries of the first it takes. */
function gatheredFirst(node: OpNode, { shapes, inputs, adjoint }: Local): Gradients {
  const numbered = Float64Array.from({ length: sizeOf(shapes[0]) }, (_, j) => j);
  const gradient = new Float64Array(numbered.length);
  forward(node, shapes, [numbered, inputs[1]]).forEach((number, i) => {
    gradient[number] += adjoint[i];
  });
  return [gradient, undefined];
}

/** Evaluates one op on these inputs. */
function forward(node: OpNode, shapes: readonly Shape[], inputs: readonly Float64Array[]): Float64Array {
  const size = sizeOf(node.shape);
  const heap = heapWith([...inputs.flatMap((list) => [...list]), ...new Array<number>(size).fill(0)]);
  let offset = 0;
  const operands = inputs.map(({ length }) => {
    offset += length;
    return { offset: offset - length, laneStride: 0 };
  });
  const kernel = findOp(node.op).compile(shapes, node.attributes, node.shape);
  kernel(heap, 1, operands, { offset, laneStride: 0 });
  return heap.floats.slice(offset, offset + size);
}

function axesOf(node: OpNode): readonly number[] {
  const { axes } = node.attributes;
  return Array.isArray(axes) ? axes.map(Number) : [];
}

/** For each entry of the input the entry of the output that it is reduced to. */
function reducedPlaces(node: OpNode, shape: Shape): number[] {
  const axes = axesOf(node);
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const strides = stridesOf(kept);
  return Array.from({ length: sizeOf(shape) }, (_, i) =>
    unravel(i, shape).reduce(
      (place, index, axis) => (axes.includes(axis) ? place : place + index * strides[axis]),
      0,
    ),
  );
}

function reduced(
  node: OpNode,
  { shapes: [shape], adjoint }: Local,
  scale: (count: number) => number,
): Gradients {
  const factor = scale(sizeOf(shape) / Math.max(1, adjoint.length));
  return [Float64Array.from(reducedPlaces(node, shape), (place) => factor * adjoint[place])];
}

/** max and min pass everything on to the first entry that they take. */
function chosen(node: OpNode, { shapes: [shape], inputs: [input], output, adjoint }: Local): Gradients {
  const gradient = new Float64Array(input.length);
  const taken = new Set<number>();
  reducedPlaces(node, shape).forEach((place, i) => {
    if (taken.has(place) || input[i] !== output[place]) return;
    taken.add(place);
    gradient[i] = adjoint[place];
  });
  return [gradient];
}

/** Entry numbers of every line along the node's axis. */
function linesOf(node: OpNode, shape: Shape): number[][] {
  const axis = Number(node.attributes.axis);
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  return Array.from({ length: outer * inner }, (_, line) => {
    const first = Math.floor(line / inner) * shape[axis] * inner + (line % inner);
    return Array.from({ length: shape[axis] }, (_, i) => first + i * inner);
  });
}

function alongAxis(
  node: OpNode,
  { shapes: [shape], output, adjoint }: Local,
  gradientOf: (adjoint: number[], output: number[]) => number[],
): Gradients {
  const gradient = new Float64Array(sizeOf(shape));
  for (const line of linesOf(node, shape)) {
    const own = gradientOf(
      line.map((i) => adjoint[i]),
      line.map((i) => output[i]),
    );
    line.forEach((entry, i) => {
      gradient[entry] = own[i];
    });
  }
  return [gradient];
}

function logSumExp(node: OpNode, { shapes: [shape], inputs: [input], output, adjoint }: Local): Gradients {
  const gradient = new Float64Array(input.length);
  linesOf(node, shape).forEach((line, row) => {
    for (const entry of line) gradient[entry] = adjoint[row] * Math.exp(input[entry] - output[row]);
  });
  return [gradient];
}

/** ∂J/∂A and ∂J/∂B of A·B, entry by entry, batches broadcast and transposes taken as the node says. */
function matmulGradients(node: OpNode, { shapes, inputs: [a, b], adjoint }: Local): Gradients {
  const [left, right] = [a, b].map((list) => new Float64Array(list.length));
  eachProduct(node, shapes, (i, j, out) => {
    left[i] += adjoint[out] * b[j];
    right[j] += adjoint[out] * a[i];
  });
  return [left, right];
}

/** Calls `visit` for each product of entries that a matmul adds to one of its output's. */
function eachProduct(
  { attributes, shape }: OpNode,
  [left, right]: readonly Shape[],
  visit: (left: number, right: number, out: number) => void,
): void {
  // A vector is a row on the left and a column on the right.
  const [a, b] = [left.length === 1 ? [1, ...left] : left, right.length === 1 ? [...right, 1] : right];
  const isLeftTransposed = attributes.transposeA === true && left.length > 1;
  const isRightTransposed = attributes.transposeB === true && right.length > 1;
  const [p, q] = isLeftTransposed ? [a[a.length - 1], a[a.length - 2]] : [a[a.length - 2], a[a.length - 1]];
  const r = isRightTransposed ? b[b.length - 2] : b[b.length - 1];
  const outer = Number(left.length > 1) + Number(right.length > 1);
  const batch = shape.slice(0, shape.length - outer);
  const leftPlaces = broadcastPlaces(a.slice(0, -2), batch);
  const rightPlaces = broadcastPlaces(b.slice(0, -2), batch);
  for (let block = 0; block < sizeOf(batch); block++) {
    for (let i = 0; i < p; i++) {
      for (let k = 0; k < q; k++) {
        for (let j = 0; j < r; j++) {
          const from = leftPlaces[block] * p * q + (isLeftTransposed ? k * p + i : i * q + k);
          const other = rightPlaces[block] * q * r + (isRightTransposed ? j * q + k : k * r + j);
          visit(from, other, (block * p + i) * r + j);
        }
      }
    }
  }
}
