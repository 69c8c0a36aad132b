import { evaluationError, type Noise, relativeNoise, roundingBound } from '../noise/noise.ts';
import { DECISIVE } from '../verdict/verdict.ts';
import type { ComponentProbes, Quotients } from './component-probes.ts';
import { differences, RETRY_STEPS } from './differences.ts';
import type { Kink, Refinement } from './refinement.ts';

const CENTRAL = { plus: 1, minus: -1 };
const RIGHT = { plus: 1, minus: 0 };
const LEFT = { plus: -1, minus: 0 };

/** Differences of first order err by at most twice, of second order by 4/3 of what they change when h is halved. */
const FIRST_ORDER = 2;
const SECOND_ORDER = 4 / 3;

/** A claimed value that many bounds away is wrong, however the truncation is estimated. */
const FAR = 10;

/** Where every step crossed a kink these are tried as well, to tell a point beside it from one that lies on it. */
const FINER = [1 / 4096, 1 / 32768];

/** Where nothing but rounding leaves a component undecided, the step is made longer by the first of these that helps. */
const WIDER = [8, 64, 512, 4096];

/**
 * Looks at doubtful components again. The step is made smaller while a kink lies within it, or while truncation
 * outweighs rounding and leaves the component undecided; and longer where rounding alone does.
 */
export class ComponentRefinement {
  readonly #probes: ComponentProbes;
  readonly #error: number;
  readonly #step: number;

  constructor(probes: ComponentProbes, noise: Noise) {
    this.#probes = probes;
    this.#error = evaluationError(noise);
    this.#step = differences.central.autoStep(relativeNoise(noise));
  }

  /**
   * @param components numbered in θ
   * @param claimed of each
   * @param known their central differences by the automatic step, where these are known and crossed no kink
   * @returns undefined when the job was cancelled
   */
  refine(
    components: readonly number[],
    claimed: Float64Array,
    known?: Float64Array,
  ): Refinement[] | undefined {
    const found = new Array<Refinement | undefined>(components.length);
    let open = components.map((_, i) => i);
    for (const factor of [1, ...RETRY_STEPS]) {
      if (open.length === 0) break;
      const steps = this.#steps(components, open, factor);
      const pair = this.#pair(components, open, steps, factor === 1 ? known : undefined);
      if (pair === undefined) return undefined;
      open = open.filter((i, lane) => {
        if (pair.crossed[lane] !== 0) return true;
        const refinement = this.#central(pair.whole[lane], pair.half[lane], steps[lane]);
        const best = found[i];
        if (best === undefined || refinement.bound < best.bound) found[i] = refinement;
        return !this.#isSettled(refinement, claimed[i]);
      });
    }
    if (!this.#widen(components, claimed, found)) return undefined;
    const near = components.flatMap((_, i) => (found[i] === undefined ? [i] : []));
    if (!this.#besideKinks(components, claimed, near, found)) return undefined;
    const kinked = near.filter((i) => found[i] === undefined);
    if (kinked.length > 0 && !this.#atKinks(components, kinked, found)) return undefined;
    return found.flatMap((refinement) => refinement ?? []);
  }

  /**
   * Tells what lies close beside a kink from what lies on it, by steps that would be too short for anything else: they
   * count where they cross no kink and decide.
   * @returns false when the job was cancelled
   */
  #besideKinks(
    components: readonly number[],
    claimed: Float64Array,
    near: readonly number[],
    found: (Refinement | undefined)[],
  ): boolean {
    let open = near;
    for (const factor of FINER) {
      if (open.length === 0) break;
      const steps = this.#steps(components, open, factor);
      const pair = this.#pair(components, open, steps, undefined);
      if (pair === undefined) return false;
      open = open.filter((i, lane) => {
        if (pair.crossed[lane] !== 0) return true;
        const refinement = this.#central(pair.whole[lane], pair.half[lane], steps[lane]);
        const size = Math.max(Math.abs(claimed[i]), Math.abs(refinement.numeric));
        // An even shorter step would be less exact.
        if (refinement.bound <= DECISIVE * size) found[i] = refinement;
        return false;
      });
    }
    return true;
  }

  /**
   * Takes a longer step where J is so nearly linear in a component that only its rounding is seen, as in a weight of
   * inputs of 1e-6. It counts where it decides, crosses no kink, and agrees with the shorter one.
   * @returns false when the job was cancelled
   */
  #widen(components: readonly number[], claimed: Float64Array, found: (Refinement | undefined)[]): boolean {
    const wider = components.flatMap((_, i) => {
      const refinement = found[i];
      if (refinement === undefined) return [];
      const size = Math.max(Math.abs(claimed[i]), Math.abs(refinement.numeric));
      const { step, bound, truncation } = refinement;
      const rounding = bound - truncation;
      if (bound <= DECISIVE * size || truncation > rounding) return [];
      const factor = WIDER.find((each) => 2 * rounding <= each * DECISIVE * size);
      return factor === undefined ? [] : [{ i, refinement, size, step: factor * step }];
    });
    if (wider.length === 0) return true;
    const open = wider.map(({ i }) => i);
    const steps = Float64Array.from(wider, ({ step }) => step);
    const pair = this.#pair(components, open, steps, undefined);
    if (pair === undefined) return false;
    wider.forEach(({ i, refinement, size }, lane) => {
      if (pair.crossed[lane] !== 0) return;
      const wide = this.#central(pair.whole[lane], pair.half[lane], steps[lane]);
      const agrees = Math.abs(wide.numeric - refinement.numeric) <= wide.bound + refinement.bound;
      if (agrees && wide.bound <= DECISIVE * size) found[i] = wide;
    });
    return true;
  }

  #steps(components: readonly number[], open: readonly number[], factor: number): Float64Array {
    return Float64Array.from(
      open,
      (i) => factor * this.#step * Math.max(1, Math.abs(this.#probes.theta(components[i]))),
    );
  }

  /** Central differences with the steps and half of them. */
  #pair(
    components: readonly number[],
    open: readonly number[],
    steps: Float64Array,
    known: Float64Array | undefined,
  ): { whole: Float64Array; half: Float64Array; crossed: Uint32Array } | undefined {
    const list = open.map((i) => components[i]);
    const half = this.#probes.quotients(list, halved(steps), CENTRAL);
    if (half === undefined) return undefined;
    if (known !== undefined) return { whole: known, half: half.values, crossed: half.crossed };
    const whole = this.#probes.quotients(list, steps, CENTRAL);
    if (whole === undefined) return undefined;
    const crossed = half.crossed.map((count, lane) => count + whole.crossed[lane]);
    return { whole: whole.values, half: half.values, crossed };
  }

  #central(whole: number, half: number, step: number): Refinement {
    const truncation = SECOND_ORDER * Math.abs(whole - half);
    const bound = roundingBound(this.#error, differences.central.roundoff, step) + truncation;
    return { numeric: whole, step, bound, truncation };
  }

  #isSettled({ numeric, bound, truncation }: Refinement, claimed: number): boolean {
    return truncation <= bound - truncation || !(Math.abs(claimed - numeric) <= FAR * bound);
  }

  /** @returns false when the job was cancelled */
  #atKinks(
    components: readonly number[],
    kinked: readonly number[],
    found: (Refinement | undefined)[],
  ): boolean {
    const list = kinked.map((i) => components[i]);
    const steps = this.#steps(components, kinked, RETRY_STEPS[RETRY_STEPS.length - 1]);
    const sides: Quotients[] = [];
    for (const [side, scaled] of [
      [RIGHT, steps],
      [RIGHT, halved(steps)],
      [LEFT, steps],
      [LEFT, halved(steps)],
    ] as const) {
      const quotients = this.#probes.quotients(list, scaled, side);
      if (quotients === undefined) return false;
      sides.push(quotients);
    }
    kinked.forEach((i, lane) => {
      const kink = this.#kink(sides, lane, steps[lane]);
      const numeric = (kink.left + kink.right) / 2;
      found[i] = { numeric, step: steps[lane], bound: kink.bound, truncation: 0, kink };
    });
    return true;
  }

  #kink([right, nearRight, left, nearLeft]: readonly Quotients[], lane: number, step: number): Kink {
    const change = Math.max(
      Math.abs(right.values[lane] - nearRight.values[lane]),
      Math.abs(left.values[lane] - nearLeft.values[lane]),
    );
    return {
      left: left.values[lane],
      right: right.values[lane],
      bound: roundingBound(this.#error, differences.forward.roundoff, step) + FIRST_ORDER * change,
      pieces: Math.max(right.crossed[lane], left.crossed[lane]),
    };
  }
}

function halved(steps: Float64Array): Float64Array {
  return steps.map((step) => step / 2);
}
