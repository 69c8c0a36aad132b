import type { Attributes } from '../../../src/graph/graph.ts';
import { sizeOf } from '../../../src/tensors/tensor.ts';
import type { Adjoint, Adjoints } from './adjoint.ts';
import { broadcastPlaces } from './broadcast.ts';

/** The derivative of one entry y = f(x). */
type UnarySlope = (x: number, y: number, attributes: Attributes) => number;

/** The derivatives of one entry y = f(a, b). */
type BinarySlopes = (a: number, b: number, y: number) => readonly [number, number];

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

const unary: Readonly<Record<string, UnarySlope>> = {
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
  'leaky-relu': (x, _y, { slope }) => (x > 0 ? 1 : Number(slope)),
  sin: (x) => Math.cos(x),
  cos: (x) => -Math.sin(x),
  atan: (x) => 1 / (1 + x * x),
  asinh: (x) => 1 / Math.sqrt(1 + x * x),
  erf: (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x),
};

const flat: BinarySlopes = () => [0, 0];

const binary: Readonly<Record<string, BinarySlopes>> = {
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

const oneInput =
  (slope: UnarySlope): Adjoint =>
  ({ node: { attributes }, inputs: [x], output, adjoint, round }) => [
    adjoint.map((value, i) => round(value * round(slope(x[i], output[i], attributes)))),
  ];

const twoInputs =
  (slopes: BinarySlopes): Adjoint =>
  ({ node, shapes, inputs: [a, b], output, adjoint, round }) => {
    const [left, right] = shapes.map((shape) => broadcastPlaces(shape, node.shape));
    const gradients = shapes.map((shape) => new Float64Array(sizeOf(shape)));
    adjoint.forEach((value, i) => {
      const [i0, i1] = [left[i], right[i]];
      const [toLeft, toRight] = slopes(a[i0], b[i1], output[i]);
      gradients[0][i0] = round(gradients[0][i0] + round(value * round(toLeft)));
      gradients[1][i1] = round(gradients[1][i1] + round(value * round(toRight)));
    });
    return gradients;
  };

export const elementwise: Adjoints = {
  ...Object.fromEntries(Object.entries(unary).map(([op, slope]) => [op, oneInput(slope)])),
  ...Object.fromEntries(Object.entries(binary).map(([op, slopes]) => [op, twoInputs(slopes)])),
};
