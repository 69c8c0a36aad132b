import type { Parameter } from '../../src/check/check-job.ts';
import type { Cause } from '../../src/check/diagnosis/cause.ts';
import { isLeaf } from '../../src/graph/graph.ts';
import { sameShape, sizeOf } from '../../src/tensors/tensor.ts';
import { roundedTo } from '../fixtures/half-precision.ts';
import type { BugSite } from './bug-site.ts';
import { backpropagate } from './reverse-mode.ts';

export interface PlantedBug {
  readonly name: string;
  /** The whole gradient with the bug; undefined where this network cannot have it. */
  readonly plant: (site: BugSite) => Float64Array | undefined;
  readonly isNamed: (cause: Cause) => boolean;
}

type Spoil = (own: Float64Array, parameter: Parameter, site: BugSite) => Float64Array | undefined;

/** A bug in one parameter, by default the site's weight; `spoil` is given that one's part of the gradient. */
function inParameter(
  name: string,
  isNamed: PlantedBug['isNamed'],
  spoil: Spoil,
  parameterOf: (site: BugSite) => Parameter | undefined = ({ weight }) => weight,
): PlantedBug {
  const plant = (site: BugSite) => {
    const parameter = parameterOf(site);
    if (parameter === undefined) return undefined;
    const spoilt = spoil(ownPart(site.right, parameter), parameter, site);
    if (spoilt === undefined) return undefined;
    const claimed = site.right.slice();
    claimed.set(spoilt, parameter.offset);
    return claimed;
  };
  return { name, plant, isNamed };
}

function ownPart(gradient: Float64Array, { offset, size }: Parameter): Float64Array {
  return gradient.slice(offset, offset + size);
}

const kind =
  (...names: readonly Cause['kind'][]) =>
  (cause: Cause): boolean =>
    names.includes(cause.kind);

function scaled(name: string, factor: (site: BugSite) => number): PlantedBug {
  return inParameter(name, kind('scaled'), (own, _parameter, site) =>
    own.map((value) => factor(site) * value),
  );
}

/** Adds the penalty's part of the weight's gradient so many times. */
function withPenalty(name: string, penalty: 'l1' | 'l2', times: number): PlantedBug {
  return inParameter(name, kind('penalty'), (own, weight, { network }) => {
    const coefficient = network.penalty?.[penalty] ?? 0;
    if (coefficient === 0 || !network.penalty?.parameters.includes(weight.name)) return undefined;
    const theta = ownPart(network.job.theta, weight);
    const slope = penalty === 'l2' ? (value: number) => value : Math.sign;
    return own.map((value, i) => value + times * coefficient * slope(theta[i]));
  });
}

const largest = (own: Float64Array) => own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

const lastOf = ({ shape }: Parameter) => shape[shape.length - 1];

export const plantedBugs: readonly PlantedBug[] = [
  scaled('scaled by 2', () => 2),
  scaled('scaled by 1.37', () => 1.37),
  scaled('sign', () => -1),
  scaled('never written', () => 0),
  scaled('sum instead of mean', ({ network }) => network.examples),
  scaled('divided by m twice', ({ network }) => 1 / network.examples),
  inParameter(
    'bias scaled by 2',
    kind('scaled'),
    (own) => own.map((value) => 2 * value),
    ({ network }) => network.job.spec.parameters.find(({ shape, size }) => shape.length === 1 && size > 1),
  ),
  withPenalty('l2 term missing', 'l2', -1),
  withPenalty('l2 term doubled', 'l2', 1),
  withPenalty('l1 term missing', 'l1', -1),
  inParameter('l2 term that J has not', kind('penalty'), (own, weight, { network }) => {
    if (network.penalty !== undefined) return undefined;
    const theta = ownPart(network.job.theta, weight);
    return own.map((value, i) => value + 0.1 * theta[i]);
  }),
  inParameter('transposed', kind('transposed', 'memory-order'), (own, { shape }) => {
    if (shape.length > 2) return undefined;
    const [rows, columns] = shape;
    return own.map((_, i) => own[(i % rows) * columns + Math.floor(i / rows)]);
  }),
  inParameter('one row × 1.5', kind('confined'), (own, { shape }, { random }) => {
    const row = Math.floor(random() * shape[0]);
    const width = sizeOf(shape.slice(1));
    return own.map((value, i) => (Math.floor(i / width) === row ? 1.5 * value : value));
  }),
  inParameter('one column zero', kind('confined'), (own, weight, { random }) => {
    const column = Math.floor(random() * lastOf(weight));
    return own.map((value, i) => (i % lastOf(weight) === column ? 0 : value));
  }),
  inParameter('one component × 1.5', kind('components'), (own, _weight, { random }) => {
    const wrong = Math.floor(random() * own.length);
    return own.map((value, i) => (i === wrong ? 1.5 * value : value));
  }),
  // A shift of two columns is a reversal too.
  inParameter('columns shifted by one', kind('shifted', 'reversed'), (own, weight) => {
    const columns = lastOf(weight);
    return own.map((_, i) => own[i - (i % columns) + ((i + columns - 1) % columns)]);
  }),
  inParameter('rows reversed', kind('shifted', 'reversed'), (own, { shape }) => {
    const width = sizeOf(shape.slice(1));
    return own.map((_, i) => own[(shape[0] - 1 - Math.floor(i / width)) * width + (i % width)]);
  }),
  inParameter('constant offset', kind('offset'), (own) => own.map((value) => value + 0.25 * largest(own))),
  inParameter('clipped', kind('clipped'), (own) => {
    const limit = 0.4 * largest(own);
    return own.map((value) => Math.max(-limit, Math.min(limit, value)));
  }),
  inParameter('rounded to bfloat16', kind('rounded'), (own) =>
    own.map((value) => roundedTo('bfloat16', value)),
  ),
  {
    name: 'swapped with another parameter',
    isNamed: kind('swapped'),
    plant: ({ network, right, weight }) => {
      if (weight === undefined) return undefined;
      const twin = network.job.spec.parameters.find(
        ({ name, shape }) => name !== weight.name && sameShape(shape, weight.shape),
      );
      if (twin === undefined) return undefined;
      const claimed = right.slice();
      claimed.set(ownPart(right, twin), weight.offset);
      claimed.set(ownPart(right, weight), twin.offset);
      return claimed;
    },
  },
  {
    name: 'slope of an activation left out',
    isNamed: kind('activation-slope'),
    plant: ({ network: { job }, random }) => {
      const activations = job.spec.graph.nodes.flatMap((node, id) =>
        !isLeaf(node) && node.source?.endsWith(`(${node.op})`) && slopes.has(node.op) ? [id] : [],
      );
      const forgotten = activations[Math.floor(random() * activations.length)];
      return forgotten === undefined
        ? undefined
        : backpropagate(job, { withoutDerivative: new Set([forgotten]) });
    },
  },
];

/** Activations that are one op. */
const slopes: ReadonlySet<string> = new Set(['relu', 'leaky-relu', 'tanh', 'sigmoid', 'softplus']);
