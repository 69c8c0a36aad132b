import { formatShape, type Shape } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { slicedAlong, stacked, unstacked } from './cutting.ts';
import { plus } from './scaling.ts';

/** An activation by which a recurrent layer makes a gate or a state of a sum. */
export type CellActivation = (z: OnnxValue) => OnnxValue;

/** What a recurrent layer of one direction is made of. */
export interface Cell {
  readonly hidden: number;
  /** [gates·hidden, features] and [gates·hidden, hidden]. */
  readonly weights: OnnxValue;
  readonly recurrence: OnnxValue;
  /** [gates·hidden] each, beside the two products; undefined for a layer without biases. */
  readonly biases: readonly [OnnxValue, OnnxValue] | undefined;
  /** In the order in which the operator names its activations. */
  readonly activations: readonly CellActivation[];
}

/** Makes the states after a step of the input, [n, features], and the states before, [n, hidden] each. */
export type Step = (x: OnnxValue, states: readonly OnnxValue[]) => readonly OnnxValue[];

/** How one kind of recurrent layer steps. */
export interface RecurrentKind {
  readonly gates: number;
  /** Inputs that hold the states before the first step, the hidden state first. */
  readonly initialInputs: readonly number[];
  readonly activations: readonly string[];
  stepOf(node: NodeSite, cell: Cell, direction: number): Step;
}

/** Y, every hidden state, and then each state after the last step, for one or two directions. */
export function recurrent(node: NodeSite, kind: RecurrentKind): readonly OnnxValue[] {
  const isBatchFirst = (node.attributes.int('layout') ?? 0) === 1;
  const given = node.needFloat(node.input(0));
  if (given.shape.length !== 3)
    node.refuse(`its input has shape ${formatShape(given.shape)}, not three axes`);
  const x = isBatchFirst ? node.transpose(given, [1, 0, 2]) : given;
  const directions = directionsOf(node);
  const lasting = lastingOf(node, x.shape);
  const runs = directions.map((isReversed, direction) => {
    const cell = readCell(node, kind, direction, directions.length, x.shape);
    const start = kind.initialInputs.map((position) =>
      initialState(node, position, direction, isBatchFirst, [directions.length, x.shape[1], cell.hidden]),
    );
    return unrolled(node, x, start, kind.stepOf(node, cell, direction), isReversed, lasting);
  });
  const all = stacked(
    node,
    runs.map(({ hidden }) => hidden),
    1,
  );
  const last = kind.initialInputs.map((_, state) =>
    stacked(
      node,
      runs.map(({ states }) => states[state]),
      0,
    ),
  );
  if (!isBatchFirst) return [all, ...last];
  return [node.transpose(all, [2, 0, 1, 3]), ...last.map((state) => node.transpose(state, [1, 0, 2]))];
}

/** For each direction, whether it reads the sequence from its end. */
function directionsOf(node: NodeSite): readonly boolean[] {
  const direction = node.choice('direction', 'forward', ['forward', 'reverse', 'bidirectional']);
  if (direction === 'bidirectional') return [false, true];
  return [direction === 'reverse'];
}

function readCell(
  node: NodeSite,
  kind: RecurrentKind,
  direction: number,
  directions: number,
  [, , features]: Shape,
): Cell {
  const [weights, recurrence] = [node.needFloat(node.input(1)), node.needFloat(node.input(2))];
  const hidden = recurrence.shape.at(-1) ?? 0;
  const rows = kind.gates * hidden;
  if ((node.attributes.int('hidden_size') ?? hidden) !== hidden) {
    node.refuse(`the hidden_size is not that of its weights, ${hidden}`);
  }
  const own = (value: OnnxValue, shape: Shape) => {
    if (value.shape.join() !== [directions, ...shape].join()) {
      node.refuse(
        `${formatShape(value.shape)} is no shape of its weights: ${formatShape([directions, ...shape])}`,
      );
    }
    return ofDirection(node, value, direction);
  };
  const bias = node.optional(3);
  const both = bias && own(bias, [2 * rows]);
  return {
    hidden,
    weights: own(weights, [rows, features]),
    recurrence: own(recurrence, [rows, hidden]),
    biases: both && [slicedAlong(node, both, 0, 0, rows), slicedAlong(node, both, 0, rows, 2 * rows)],
    activations: readActivations(node, kind, direction),
  };
}

/** What belongs to one direction of a value whose first axis is the directions. */
export function ofDirection(node: NodeSite, value: OnnxValue, direction: number): OnnxValue {
  return node.reshape(slicedAlong(node, value, 0, direction, direction + 1), value.shape.slice(1));
}

const activationOps: ReadonlyMap<string, string> = new Map([
  ['sigmoid', 'sigmoid'],
  ['tanh', 'tanh'],
  ['relu', 'relu'],
  ['softplus', 'softplus'],
]);

function readActivations(node: NodeSite, kind: RecurrentKind, direction: number): CellActivation[] {
  const count = kind.activations.length;
  const given = node.attributes.texts('activations')?.slice(direction * count, (direction + 1) * count);
  const names = given ?? kind.activations;
  if (names.length < count) node.refuse(`it names ${names.length} of ${count} activations`);
  const clip = node.attributes.float('clip');
  return names.map((name) => {
    const op = activationOps.get(name.toLowerCase());
    if (op === undefined) {
      return node.refuse(`the activation ${name} is not supported: sigmoid, tanh, relu and softplus are`);
    }
    return (z) => node.apply(op, [clip === undefined ? z : within(node, z, clip)]);
  });
}

function within(node: NodeSite, z: OnnxValue, bound: number): OnnxValue {
  const raised = node.apply('maximum', [z, node.scalar(-bound, z)]);
  return node.apply('minimum', [raised, node.scalar(bound, z)]);
}

function initialState(
  node: NodeSite,
  position: number,
  direction: number,
  isBatchFirst: boolean,
  shape: Shape,
): OnnxValue {
  const given = node.optional(position);
  if (given === undefined) return node.broadcastTo(node.scalar(0, node.input(0)), shape.slice(1));
  const state = isBatchFirst ? node.transpose(given, [1, 0, 2]) : given;
  if (state.shape.join() === shape.join()) return ofDirection(node, state, direction);
  return node.refuse(
    `its input ${position} has shape ${formatShape(given.shape)}, not ${formatShape(shape)}`,
  );
}

/** For each time a mask [n, 1] of the sequences that last longer; undefined when all last to the end. */
function lastingOf(node: NodeSite, [time, n]: Shape): readonly OnnxValue[] | undefined {
  const given = node.optional(4);
  if (given === undefined) return undefined;
  const lengths = node.needIntegers(given, 'sequence_lens');
  if (lengths.length !== n) node.refuse(`there are ${lengths.length} lengths of ${n} sequences`);
  if (lengths.every((length) => length === time)) return undefined;
  return Array.from({ length: time }, (_, t) => node.fold('bool', [n, 1], (i) => Number(t < lengths[i])));
}

/** Operations that one layer may unroll to: a model of more is refused whatever its parameters. */
const mostSteps = 10_000;

function unrolled(
  node: NodeSite,
  x: OnnxValue,
  start: readonly OnnxValue[],
  step: Step,
  isReversed: boolean,
  lasting: readonly OnnxValue[] | undefined,
) {
  const [time] = x.shape;
  if (time === 0 || time > mostSteps) node.refuse(`a sequence of ${time} steps is not supported`);
  const steps = unstacked(node, x, 0);
  const hidden: OnnxValue[] = [];
  let states = start;
  for (let i = 0; i < time; i++) {
    const at = isReversed ? time - 1 - i : i;
    const [next, isLasting] = [step(steps[at], states), lasting?.[at]];
    if (isLasting === undefined) {
      states = next;
      hidden[at] = next[0];
      continue;
    }
    const chosen = (is: OnnxValue, other: OnnxValue) =>
      node.apply('where', [isLasting, is, other], {}, is.type);
    states = next.map((state, s) => chosen(state, states[s]));
    hidden[at] = chosen(next[0], node.scalar(0, next[0]));
  }
  return { states, hidden: stacked(node, hidden, 0) };
}

/**
 * x·Wᵀ + h·Rᵀ + both biases of one step, [n, gates·hidden]. Being one sum, its units are probed once for all four; that
 * is why the input is not projected for all times at once.
 */
export function projected(node: NodeSite, x: OnnxValue, h: OnnxValue, cell: Cell): OnnxValue {
  const sum = node.apply('add', [
    node.apply('matmul', [x, cell.weights], { transposeB: true }),
    node.apply('matmul', [h, cell.recurrence], { transposeB: true }),
  ]);
  return (cell.biases ?? []).reduce((total, bias) => node.apply('add', [total, bias]), sum);
}

/** One gate of [n, gates·hidden]. */
export function gateOf(node: NodeSite, all: OnnxValue, gate: number, { hidden }: Cell): OnnxValue {
  return slicedAlong(node, all, all.shape.length - 1, gate * hidden, (gate + 1) * hidden);
}

/** 1 − gate. */
export function oneLess(node: NodeSite, gate: OnnxValue): OnnxValue {
  return plus(node, node.apply('negate', [gate]), 1);
}
