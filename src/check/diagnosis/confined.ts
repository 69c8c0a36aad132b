import type { AxisSlices } from './cause.ts';
import type { Evidence } from './evidence.ts';
import { nearestMultiple } from './fit.ts';
import type { Explanation, Hypothesis } from './hypothesis.ts';
import { formatFactor, namedFactors } from './named-factor.ts';
import { componentsOf, describeSlices, freeSlices } from './region.ts';
import { countSlices, indicesOf } from './slice-counts.ts';

/** Only some rows, columns, channels, or a block of them are wrong; inside, perhaps by one factor. */
export const confined: Hypothesis = (evidence, { context }) => {
  const { name, shape, claimed, numeric } = evidence.parameter;
  // Every failing component is inside of every candidate, so that they share the factor.
  const fitted = 1 + nearestMultiple(evidence, (i) => numeric[i]);
  return candidateRegions(evidence).flatMap((slices) => {
    const within = componentsOf(shape, slices);
    const only = `only ${describeSlices(shape.length, slices)} of d${name} ${areWrong(slices)}`;
    const place = freeSlices(shape, slices);
    const values = within.reduce((count, i) => count + (evidence.isInformative(i) ? 1 : 0), 0);
    const scaledBy = (factor: number, free: number, sentence: string): Explanation => ({
      cause: { kind: 'confined', slices, factor },
      predict: (i) => factor * numeric[i],
      gain: Math.max(1, Math.abs(factor)),
      within,
      free: place + free,
      message: `${only}: ${sentence}`,
    });
    const anyValues: Explanation = {
      cause: { kind: 'confined', slices },
      predict: (i) => claimed[i],
      within,
      free: place + values,
      message: only,
    };
    if (!Number.isFinite(fitted)) return [anyValues];
    const named = namedFactors(fitted, context.examples).map(({ factor, name: called }) =>
      scaledBy(factor, 0, describeFactor(factor, called)),
    );
    // A single value is explained by any factor.
    const odd = values > 1 ? [scaledBy(fitted, 1, describeFactor(fitted, formatFactor(fitted)))] : [];
    return [...named, ...odd, anyValues];
  });
};

/** The failing slices along each axis alone, and what they have in common. */
function candidateRegions(evidence: Evidence): readonly (readonly AxisSlices[])[] {
  const { shape, failed } = evidence.parameter;
  const failing = countSlices(shape, evidence.size, (i) => failed[i] !== 0 && evidence.isUsable(i));
  // What fails along the whole of every axis is confined to nothing.
  if (failing.every((counts) => !counts.includes(0))) return [];
  const informative = countSlices(shape, evidence.size, (i) => evidence.isInformative(i));
  const restricted = failing.flatMap((counts, axis) => {
    const indices = indicesOf(counts);
    return indices.length < indicesOf(informative[axis]).length ? [{ axis, indices }] : [];
  });
  return [...restricted.map((slices) => [slices]), ...(restricted.length > 1 ? [restricted] : [])];
}

function areWrong(slices: readonly AxisSlices[]): string {
  return slices[slices.length - 1].indices.length === 1 ? 'is wrong' : 'are wrong';
}

function describeFactor(factor: number, called: string): string {
  if (factor === 0) return 'all is 0 there';
  if (factor === -1) return 'the sign is wrong there';
  return `${called} times what it should be`;
}
