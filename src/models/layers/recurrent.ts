import { z } from 'zod';
import { formatShape } from '../../tensors/tensor.ts';
import { type SequenceShape, sequenceShape } from './sequence-shape.ts';
import { shapedTensor } from './shaped-tensor.ts';
import type { MaybeNode, Site } from './site.ts';

/** The fields that every recurrent layer has. Weights and biases are laid out as PyTorch has them, gate below gate. */
export const recurrentFields = {
  inputWeights: z
    .string()
    .describe("Name of the weights of the input, [gates·hidden, features] (PyTorch's weight_ih)."),
  hiddenWeights: z
    .string()
    .describe("Name of the weights of the hidden state, [gates·hidden, hidden] (PyTorch's weight_hh)."),
  inputBias: z.string().optional().describe('Name of the bias beside the input weights, [gates·hidden].'),
  hiddenBias: z.string().optional().describe('Name of the bias beside the hidden weights, [gates·hidden].'),
  initialHidden: z
    .string()
    .optional()
    .describe('Name of the hidden state before the first step, [examples, hidden]. By default zeros.'),
  direction: z
    .enum(['forward', 'reverse'])
    .default('forward')
    .describe(
      'Which end of the sequence is read first. Two layers of the same input, one of each direction, and a concat are ' +
        'a bidirectional layer.',
    ),
  output: z
    .enum(['sequence', 'last'])
    .default('sequence')
    .describe(
      'sequence: every hidden state, [examples, time, hidden], in the order of the input. last: the one after the step ' +
        'that is made last, [examples, hidden].',
    ),
};

/** A model of more is refused whatever its parameters; here that is told before memory is spent on it. */
const mostOperations = 200_000;

type RecurrentLayer = z.output<z.ZodObject<typeof recurrentFields, z.core.$strip>>;

/** The parameters of one recurrent layer, and the sizes that they give it. */
export interface RecurrentParts extends SequenceShape {
  readonly input: MaybeNode;
  readonly hidden: number;
  readonly inputWeights: MaybeNode;
  readonly hiddenWeights: MaybeNode;
  readonly inputBias: MaybeNode;
  readonly hiddenBias: MaybeNode;
  readonly initialHidden: MaybeNode;
}

/** Reads the tensors of a recurrent layer that has so many gates. Undefined when a shape does not fit. */
export function readParts(
  layer: RecurrentLayer,
  gates: number,
  input: MaybeNode,
  site: Site,
): RecurrentParts | undefined {
  const sequence = sequenceShape(input, site);
  const hidden = hiddenSize(layer.hiddenWeights, gates, site);
  if (sequence === undefined || hidden === undefined) return undefined;
  const rows = gates * hidden;
  const bias = (name: string | undefined, field: string) =>
    name === undefined
      ? site.constant([rows], new Float64Array(rows))
      : shapedTensor(name, [[rows]], site, field);
  return {
    ...sequence,
    input,
    hidden,
    inputWeights: shapedTensor(layer.inputWeights, [[rows, sequence.features]], site, 'inputWeights'),
    hiddenWeights: site.tensor(layer.hiddenWeights, 'hiddenWeights'),
    inputBias: bias(layer.inputBias, 'inputBias'),
    hiddenBias: bias(layer.hiddenBias, 'hiddenBias'),
    initialHidden: initialState(layer.initialHidden, 'initialHidden', sequence.examples, hidden, site),
  };
}

/** The state that a field names, [examples, hidden] (or PyTorch's [1, examples, hidden]); zeros without one. */
export function initialState(
  name: string | undefined,
  field: string,
  examples: number,
  hidden: number,
  site: Site,
): MaybeNode {
  if (name === undefined) return site.apply('broadcast-to', [site.scalar(0)], { shape: [examples, hidden] });
  const state = shapedTensor(
    name,
    [
      [examples, hidden],
      [1, examples, hidden],
    ],
    site,
    field,
  );
  return state === undefined ? undefined : site.reshape(state, [examples, hidden]);
}

function hiddenSize(name: string, gates: number, site: Site): number | undefined {
  const shape = site.shapeOf(site.tensor(name, 'hiddenWeights'));
  if (shape === undefined) return undefined;
  const [rows, hidden] = shape;
  if (shape.length === 2 && hidden > 0 && rows === gates * hidden) return hidden;
  const needed = gates === 1 ? '[hidden,hidden]' : `[${gates}·hidden,hidden]`;
  site.fault(
    `${name} has shape ${formatShape(shape)}, but the hidden weights are ${needed}`,
    'hiddenWeights',
  );
  return undefined;
}

/** x·W_ihᵀ of one step. */
export function projectInput(x: MaybeNode, { inputWeights }: RecurrentParts, site: Site): MaybeNode {
  return site.apply('matmul', [x, inputWeights], { transposeB: true });
}

/** h·W_hhᵀ of one step. */
export function projectHidden(h: MaybeNode, { hiddenWeights }: RecurrentParts, site: Site): MaybeNode {
  return site.apply('matmul', [h, hiddenWeights], { transposeB: true });
}

/**
 * x·W_ihᵀ + h·W_hhᵀ + b_ih + b_hh of one step. Being one sum, its units are probed once for all four parameters; that is
 * why the input is not projected for all times at once.
 */
export function projectBoth(x: MaybeNode, h: MaybeNode, parts: RecurrentParts, site: Site): MaybeNode {
  const products = site.apply('add', [projectInput(x, parts, site), projectHidden(h, parts, site)]);
  return site.apply('add', [site.apply('add', [products, parts.inputBias]), parts.hiddenBias]);
}

/**
 * Steps through the sequence, from the end that `direction` says.
 * @param start the states before the first step, the hidden state first
 * @param step makes the states after a step of what it takes of the input, [examples, features], and the states before
 */
export function unroll(
  { input, time }: RecurrentParts,
  { direction, output }: RecurrentLayer,
  start: readonly MaybeNode[],
  site: Site,
  step: (x: MaybeNode, states: readonly MaybeNode[]) => readonly MaybeNode[],
): MaybeNode {
  let states = start;
  const hidden = new Array<MaybeNode>(time).fill(undefined);
  for (let i = 0; i < time; i++) {
    if (site.graphSize > mostOperations) {
      site.fault(`its ${time} steps of time make a model of more than ${mostOperations} operations`);
      return undefined;
    }
    const at = direction === 'forward' ? i : time - 1 - i;
    states = step(atTime(input, at, site), states);
    hidden[at] = states[0];
  }
  return output === 'last' ? states[0] : stack(hidden, site);
}

/** [examples, time, features] at one time, [examples, features]. */
function atTime(sequence: MaybeNode, time: number, site: Site): MaybeNode {
  const shape = site.shapeOf(sequence);
  if (shape === undefined) return undefined;
  const [examples, , width] = shape;
  const cut = site.apply('slice', [sequence], {
    starts: [0, time, 0],
    ends: [examples, time + 1, width],
    steps: [1, 1, 1],
  });
  return site.reshape(cut, [examples, width]);
}

/** One [examples, hidden] for every time to [examples, time, hidden]. */
function stack(states: readonly MaybeNode[], site: Site): MaybeNode {
  const columns = states.map((state) => {
    const shape = site.shapeOf(state);
    return shape === undefined ? undefined : site.reshape(state, [shape[0], 1, shape[1]]);
  });
  return site.apply('concat', columns, { axis: 1 });
}

/** Cuts the last of two axes into equal pieces. */
export function splitGates(gates: number, all: MaybeNode, site: Site): readonly MaybeNode[] {
  const shape = site.shapeOf(all);
  if (shape === undefined) return new Array<MaybeNode>(gates).fill(undefined);
  const [rows, columns] = shape;
  const width = columns / gates;
  return Array.from({ length: gates }, (_, gate) =>
    site.apply('slice', [all], {
      starts: [0, gate * width],
      ends: [rows, (gate + 1) * width],
      steps: [1, 1],
    }),
  );
}
