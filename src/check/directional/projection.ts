import { stepOf } from '../differences.ts';
import type { ComponentRun } from '../selection.ts';
import type { CheckSettings } from '../settings.ts';
import type { VerdictRule } from '../verdict.ts';

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
  /** The share of the usual step that was taken. */
  readonly factor: number;
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
export function stepAlong({ epsilon }: CheckSettings, theta: number, count: number, factor: number): number {
  return (factor / Math.sqrt(count)) * stepOf(epsilon, theta);
}

/**
 * How far the two sides of a projection may be apart. Components that are each off by their share τ, with whatever
 * signs, come to about τ·size along a ±1 vector; τ·(|claimed| + |numeric|) is for those whose signs go along with it;
 * τ·max|claimed in the job| as in the rule for components; and rounding and truncation.
 */
export function projectionBound(projection: Projection, rule: VerdictRule): number {
  return toleranceOf(projection, rule) + projection.truncation;
}

function toleranceOf({ claimed, numeric, size, rounding }: Projection, rule: VerdictRule): number {
  return rule.relative * (Math.abs(claimed) + Math.abs(numeric) + size) + rule.absolute + rounding;
}

/** How much of the bound may be truncation: up to this many times the rest of it. */
const MOST_TRUNCATION = 100;

/** Whether a projection that agrees could have disagreed: its numbers are finite, and J is nearly straight along it. */
export function isTelling(projection: Projection, rule: VerdictRule): boolean {
  const { claimed, numeric, truncation } = projection;
  if (!Number.isFinite(numeric) || !Number.isFinite(claimed)) return false;
  return truncation <= MOST_TRUNCATION * toleranceOf(projection, rule);
}
