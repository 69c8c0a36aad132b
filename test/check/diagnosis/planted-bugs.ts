import type { CheckJob, Parameter } from '../../../src/check/check-job.ts';
import type { Cause } from '../../../src/check/diagnosis/cause.ts';

/** A gradient to plant a bug in. */
export interface BugSite {
  readonly job: CheckJob;
  /** The right gradient, laid out as θ. */
  readonly right: Float64Array;
  /** A weight: a matrix, two axes of length 2 or more. */
  readonly weight: Parameter;
  /** Another one of the same shape. */
  readonly twin: Parameter;
  readonly examples: number;
  /** λ of the penalty 0.5·λ·Σθ² on every weight. */
  readonly lambda: number;
  /** What comes out when an activation's derivative is left out. */
  readonly slopeLeftOut: Float64Array;
  readonly random: () => number;
}

export interface PlantedBug {
  readonly name: string;
  /** Changes `claimed`, which is right. */
  readonly plant: (claimed: Float64Array, site: BugSite) => void;
  readonly isFound: (cause: Cause, site: BugSite) => boolean;
}

type Change = (value: number, i: number, own: Float64Array, theta: Float64Array) => number;

/** Changes every component of the weight; `own` is its right gradient. */
function change(of: (site: BugSite) => Change): PlantedBug['plant'] {
  return (claimed, site) => {
    const { offset, size } = site.weight;
    const own = site.right.slice(offset, offset + size);
    const theta = site.job.theta.subarray(offset, offset + size);
    const changeOne = of(site);
    claimed.set(
      own.map((value, i) => changeOne(value, i, own, theta)),
      offset,
    );
  };
}

function scaledBy(name: string, factorOf: (site: BugSite) => number): PlantedBug {
  return {
    name,
    plant: change((site) => (value) => factorOf(site) * value),
    isFound: (cause, site) =>
      cause.kind === 'scaled' && cause.part === 'all' && Math.abs(cause.factor - factorOf(site)) < 1e-4,
  };
}

const isPenalty = (mistake: string) => (cause: Cause) =>
  cause.kind === 'penalty' && cause.penalty === 'l2' && cause.mistake === mistake;

const isConfinedTo = (axis: number) => (cause: Cause) =>
  cause.kind === 'confined' && cause.slices.length === 1 && cause.slices[0].axis === axis;

export const plantedBugs: readonly PlantedBug[] = [
  scaledBy('scaled by 2', () => 2),
  scaledBy('scaled by 1.37', () => 1.37),
  scaledBy('sign', () => -1),
  scaledBy('never written', () => 0),
  scaledBy('sum instead of mean', ({ examples }) => examples),
  scaledBy('divided by m once too often', ({ examples }) => 1 / examples),
  {
    name: 'data part scaled by m',
    plant: change(
      ({ lambda, examples }) =>
        (value, i, _own, theta) =>
          examples * (value - lambda * theta[i]) + lambda * theta[i],
    ),
    isFound: (cause, { examples }) =>
      cause.kind === 'scaled' && cause.part === 'data' && Math.abs(cause.factor - examples) < 1e-3,
  },
  {
    name: 'transposed',
    plant: change(({ weight: { shape } }) => (_value, i, own) => {
      const [rows, columns] = shape;
      return own[(i % rows) * columns + Math.floor(i / rows)];
    }),
    isFound: (cause) => cause.kind === 'transposed' || cause.kind === 'memory-order',
  },
  {
    name: 'l2 term missing',
    plant: change(
      ({ lambda }) =>
        (value, i, _own, theta) =>
          value - lambda * theta[i],
    ),
    isFound: isPenalty('missing'),
  },
  {
    name: 'l2 term twice',
    plant: change(
      ({ lambda }) =>
        (value, i, _own, theta) =>
          value + lambda * theta[i],
    ),
    isFound: isPenalty('wrong-factor'),
  },
  {
    name: 'l2 term with an odd factor',
    plant: change(
      ({ lambda }) =>
        (value, i, _own, theta) =>
          value + 0.3 * lambda * theta[i],
    ),
    isFound: isPenalty('wrong-factor'),
  },
  {
    name: 'one row wrong',
    plant: change(({ weight: { shape }, random }) => {
      const row = Math.floor(random() * shape[0]);
      return (value, i) => (Math.floor(i / shape[1]) === row ? value + random() - 0.3 : value);
    }),
    isFound: isConfinedTo(0),
  },
  {
    name: 'one column zero',
    plant: (claimed, site) => {
      const [rows, columns] = site.weight.shape;
      const column = Math.floor(site.random() * columns);
      for (let row = 0; row < rows; row++) claimed[site.weight.offset + row * columns + column] = 0;
    },
    isFound: isConfinedTo(1),
  },
  {
    name: 'one component wrong',
    plant: (claimed, { weight: { offset, size }, random }) => {
      claimed[offset + Math.floor(random() * size)] += 0.4 + random();
    },
    isFound: (cause) => cause.kind === 'components' && cause.indices.length === 1,
  },
  {
    name: 'activation derivative left out',
    plant: (claimed, { slopeLeftOut }) => claimed.set(slopeLeftOut),
    isFound: (cause) => cause.kind === 'activation-slope',
  },
  {
    name: 'swapped',
    plant: (claimed, { right, weight, twin }) => {
      claimed.set(right.subarray(twin.offset, twin.offset + twin.size), weight.offset);
      claimed.set(right.subarray(weight.offset, weight.offset + weight.size), twin.offset);
    },
    isFound: (cause, { weight, twin }) =>
      cause.kind === 'swapped' && cause.mutual && [weight.name, twin.name].includes(cause.with),
  },
  {
    name: 'rounded to 8 bits of fraction',
    plant: change(() => (value) => {
      const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 7);
      return Math.round(value / unit) * unit;
    }),
    isFound: (cause) => cause.kind === 'rounded' && cause.to === 'bfloat16',
  },
  {
    name: 'rounded to float16',
    plant: change(() => (value) => {
      const unit = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(value)))) - 10);
      return Math.round(value / unit) * unit;
    }),
    isFound: (cause) => cause.kind === 'rounded' && cause.to === 'float16',
  },
  {
    name: 'printed with 4 decimals',
    plant: change(() => (value) => Number(value.toFixed(4))),
    isFound: (cause) => cause.kind === 'rounded' && cause.to === 'decimals',
  },
  {
    name: 'offset',
    plant: change(() => (value) => value + 0.125),
    isFound: (cause) => cause.kind === 'offset' && Math.abs(cause.by - 0.125) < 1e-5,
  },
  {
    name: 'columns shifted by one',
    plant: change(({ weight: { shape } }) => (_value, i, own) => {
      const columns = shape[1];
      return own[i - (i % columns) + ((i + columns - 1) % columns)];
    }),
    isFound: (cause) => cause.kind === 'shifted' && cause.axis === 1,
  },
  {
    name: 'rows reversed',
    plant: change(({ weight: { shape } }) => (_value, i, own) => {
      const [rows, columns] = shape;
      return own[(rows - 1 - Math.floor(i / columns)) * columns + (i % columns)];
    }),
    isFound: (cause) => cause.kind === 'reversed',
  },
  {
    name: 'clipped',
    plant: change(() => {
      return (value, _i, own) => {
        const limit = own.toSorted((a, b) => Math.abs(a) - Math.abs(b))[Math.floor(own.length / 2)];
        return Math.sign(value) * Math.min(Math.abs(value), Math.abs(limit));
      };
    }),
    isFound: (cause) => cause.kind === 'clipped',
  },
];
