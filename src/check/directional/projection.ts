import type { ComponentRun } from '../plan/selection.ts';
import type { CheckSettings } from '../settings.ts';
import { stepOf } from '../sweep/differences.ts';

/** Some components of a parameter, in a row, moved together along one of its vectors. */
export interface Direction extends ComponentRun {
  /** Number of the ±1 vector, whose signs these components have. */
  readonly vector: number;
}

/**
 * J's derivative along a direction, and what the claimed gradient makes of it. Component i is moved by ±mᵢ, and
 * `numeric` is (J(θ+m) − J(θ−m)) / u, `claimed` is Σ claimedᵢ·(θ⁺ᵢ − θ⁻ᵢ) / u, where u is the smallest distance
 * |θ⁺ᵢ − θ⁻ᵢ| of all: a wrong component shows with its error at least.
 */
export interface Projection extends Direction {
  readonly numeric: number;
  readonly claimed: number;
  /** Components whose claimed value is not finite: they stay where they are. */
  readonly unmoved: number;
  /** u, the smallest distance that a component was moved. */
  readonly distance: number;
  /** ‖θ⁺ − θ⁻‖₂ / u: √count where all components are moved alike. */
  readonly spread: number;
  /** ‖claimedᵢ·(θ⁺ᵢ − θ⁻ᵢ)‖₂ / u: the size that `claimed` has for most vectors. */
  readonly size: number;
  /** What the rounding of J may make of `numeric`. */
  readonly rounding: number;
  /** What of numeric − claimed is from J not being straight, by the same with half of each step. */
  readonly truncation: number;
  /** The share of the usual step that was taken, which follows from η/S. */
  readonly factor: number;
  readonly relativeNoise: number;
  /** Whether a kink was crossed with every step tried. */
  readonly crossed: boolean;
  readonly evaluations: number;
}

/** The ±1 vectors that every parameter is moved along. */
export const VECTORS = 8;

/**
 * The step of one component: its own over √count, so that J moves about as far as when one component moves alone.
 * @param factor the share of that to be taken
 */
export function stepAlong(
  { method, epsilon }: CheckSettings,
  theta: number,
  { count, factor, relativeNoise }: Pick<Projection, 'count' | 'factor' | 'relativeNoise'>,
): number {
  return (factor / Math.sqrt(count)) * stepOf(method, epsilon, theta, relativeNoise);
}

/** How exactly the claimed gradient of a parameter can be expected to be right. */
export interface ProjectionRule {
  /** τ: the relative error that a component may have. */
  readonly tolerance: number;
  /** What a component may be off whatever its size, in the units of the gradient: that of computing in low precision. */
  readonly floor: number;
}

/**
 * How far the two sides of a projection may be apart. Components that are each off by their share τ, with whatever
 * signs, come to about τ·size along a ±1 vector, and those off by the floor to floor·spread; τ·(|claimed| + |numeric|)
 * is for errors whose signs go along with it; and there are rounding and truncation.
 */
export function projectionBound(projection: Projection, { tolerance, floor }: ProjectionRule): number {
  const { claimed, numeric, size, spread } = projection;
  const ofClaimed = tolerance * (Math.abs(claimed) + Math.abs(numeric) + size) + floor * spread;
  return ofClaimed + numericError(projection);
}

/** How far `numeric` itself may be off. */
export function numericError({ rounding, truncation }: Projection): number {
  return rounding + truncation;
}

/** A numeric value within such a share of its size decides, as undecided components do within that of the norm. */
const DECISIVE = 1e-3;

/**
 * Whether a projection that agrees could have disagreed: its numbers are finite, and its numeric side is exact enough.
 * Where J does not move and nothing is claimed there is nothing to tell.
 */
export function isTelling(projection: Projection): boolean {
  const { claimed, numeric, size } = projection;
  if (!Number.isFinite(numeric) || !Number.isFinite(claimed)) return false;
  if (numeric === 0 && size === 0) return true;
  return numericError(projection) <= DECISIVE * Math.max(size, Math.abs(claimed), Math.abs(numeric));
}
