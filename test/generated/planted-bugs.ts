import type { Parameter } from '../../src/check/check-job.ts';
import type { Cause } from '../../src/check/diagnosis/cause.ts';
import type { RandomNetwork } from './random-network.ts';

/** A right gradient, and the weight in it to spoil. */
export interface BugSite {
  readonly network: RandomNetwork;
  /** Laid out as θ. */
  readonly right: Float64Array;
  /** A matrix, no axis of length 1. */
  readonly weight: Parameter;
  readonly random: () => number;
}

export interface PlantedBug {
  readonly name: string;
  /** The weight's components with the bug; undefined where this network cannot have it. */
  readonly spoil: (own: Float64Array, site: BugSite) => Float64Array | undefined;
  readonly isNamed: (cause: Cause) => boolean;
}

const kind =
  (name: Cause['kind']) =>
  (cause: Cause): boolean =>
    cause.kind === name;

function scaled(name: string, factor: (site: BugSite) => number): PlantedBug {
  return { name, spoil: (own, site) => own.map((value) => factor(site) * value), isNamed: kind('scaled') };
}

/** The penalty's part of the weight's gradient, (λ/m)·θ. */
function penalty({ network: { job, examples }, weight }: BugSite): Float64Array {
  return job.theta.slice(weight.offset, weight.offset + weight.size).map((value) => (0.3 / examples) * value);
}

function withPenalty(name: string, times: number): PlantedBug {
  return {
    name,
    spoil: (own, site) => {
      if (!site.network.hasPenalty) return undefined;
      const part = penalty(site);
      return own.map((value, i) => value + times * part[i]);
    },
    isNamed: kind('penalty'),
  };
}

export const plantedBugs: readonly PlantedBug[] = [
  scaled('scaled by 2', () => 2),
  scaled('sign', () => -1),
  scaled('never written', () => 0),
  scaled('sum instead of mean', ({ network }) => network.examples),
  scaled('divided by m twice', ({ network }) => 1 / network.examples),
  withPenalty('l2 term missing', -1),
  withPenalty('l2 term doubled', 1),
  {
    name: 'transposed',
    spoil: (own, { weight: { shape } }) => {
      const [rows, columns] = shape;
      return own.map((_, i) => own[(i % rows) * columns + Math.floor(i / rows)]);
    },
    isNamed: (cause) => cause.kind === 'transposed' || cause.kind === 'memory-order',
  },
  {
    name: 'one row × 1.5',
    spoil: (own, { weight: { shape }, random }) => {
      const row = Math.floor(random() * shape[0]);
      return own.map((value, i) => (Math.floor(i / shape[1]) === row ? 1.5 * value : value));
    },
    isNamed: kind('confined'),
  },
  {
    name: 'one column zero',
    spoil: (own, { weight: { shape }, random }) => {
      const column = Math.floor(random() * shape[1]);
      return own.map((value, i) => (i % shape[1] === column ? 0 : value));
    },
    isNamed: kind('confined'),
  },
  {
    name: 'one component × 1.5',
    spoil: (own, { random }) => {
      const wrong = Math.floor(random() * own.length);
      return own.map((value, i) => (i === wrong ? 1.5 * value : value));
    },
    isNamed: kind('components'),
  },
  {
    name: 'columns shifted by one',
    spoil: (own, { weight: { shape } }) => {
      const columns = shape[1];
      return own.map((_, i) => own[i - (i % columns) + ((i + columns - 1) % columns)]);
    },
    // A shift of two columns is a reversal too.
    isNamed: (cause) => cause.kind === 'shifted' || cause.kind === 'reversed',
  },
  {
    name: 'rows reversed',
    spoil: (own, { weight: { shape } }) => {
      const [rows, columns] = shape;
      return own.map((_, i) => own[(rows - 1 - Math.floor(i / columns)) * columns + (i % columns)]);
    },
    isNamed: (cause) => cause.kind === 'shifted' || cause.kind === 'reversed',
  },
  {
    name: 'constant offset',
    spoil: (own) => {
      const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      return own.map((value) => value + 0.25 * largest);
    },
    isNamed: kind('offset'),
  },
];
