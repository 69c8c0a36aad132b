import { fromJsonNumber } from '../../tensors/json-number.ts';
import type { ParameterReport, Report, Warning } from './report.ts';

/** Looks at a report without warnings; undefined when there is nothing to warn of. */
type Check = (report: Report) => Warning | undefined;

/** What whoever reads the report should know beside its verdict. */
export function warningsOf(report: Report): Warning[] {
  return checks.flatMap((check) => check(report) ?? []);
}

const checks: readonly Check[] = [
  ({ cost }) => {
    if (Number.isFinite(fromJsonNumber(cost))) return undefined;
    const message = `J is ${cost} at this point, so no difference of it can be taken`;
    return { code: 'cost-not-finite', message };
  },
  ({ cost, components: { inconclusive, checked } }) => {
    if (inconclusive === 0 || !Number.isFinite(fromJsonNumber(cost))) return undefined;
    const message = `${inconclusive} of ${checked} components are undecided: at a kink, near the rounding of J, or without a finite numeric gradient`;
    return { code: 'undecided', message };
  },
  ({ verdict, withinTolerance, relativeDifference, settings: { tolerance }, noise }) => {
    const [shown, byNoise] = [fromJsonNumber(relativeDifference), fromJsonNumber(noise.relativeDifference)];
    if (verdict !== 'pass' || withinTolerance || !(shown <= byNoise)) return undefined;
    const message = `the relative difference ${brief(shown)} is over the tolerance ${brief(tolerance)}, but the rounding of J alone can give a right gradient ${brief(byNoise)} with this step: no component is wrong`;
    return { code: 'tolerance-below-noise', message };
  },
  ({ components: { kinks, checked } }) => {
    if (kinks === 0) return undefined;
    const message = `${kinks} of ${checked} components lie at a kink of J, where it has no derivative`;
    return { code: 'kinks', message };
  },
  ({ components: { vacuous, checked } }) => {
    if (vacuous === 0) return undefined;
    const message = `${vacuous} of ${checked} components do not move the cost at this point; their gradients of 0 were not really tested`;
    return { code: 'dead-components', message };
  },
  ({ components: { noiseLimited, checked } }) => {
    if (noiseLimited === 0) return undefined;
    const message = `${noiseLimited} of ${checked} components are so small that the rounding of J hides their last digits`;
    return { code: 'noise-limited', message };
  },
  ({ parameters }) => {
    const low = parameters.filter(({ precision }) => precision === 'float32');
    if (low.length === 0) return undefined;
    const message = `the gradients of ${namesOf(low)} hold float32 numbers and were held to that precision; computed in float64 they can be checked to more digits`;
    return { code: 'float32', message };
  },
  ({ parameters }) => {
    const half = parameters.filter(({ precision }) => precision === 'float16' || precision === 'bfloat16');
    if (half.length === 0) return undefined;
    const message = `the gradients of ${namesOf(half)} were sent in float16 or bfloat16 and were held to that precision, two or three digits: smaller mistakes cannot be told from rounding`;
    return { code: 'half-precision', message };
  },
  ({ parameters }) => {
    const directed = parameters.filter(({ directional }) => directional !== undefined);
    if (directed.length === 0) return undefined;
    const message = `checked along directions, not component by component: ${namesOf(directed)}; canMiss says of each what may be wrong all the same`;
    return { code: 'along-directions', message };
  },
  ({ parameters }) => {
    const unlocated = parameters.filter(
      ({ verdict, directional }) => verdict === 'inconclusive' && directional?.explained === false,
    );
    if (unlocated.length === 0) return undefined;
    const message = `the gradients disagree along a direction, but no component could be called wrong by itself: ${namesOf(unlocated)}`;
    return { code: 'not-localised', message };
  },
  ({ parameters, components: { checked, total } }) => {
    const together = parameters
      .filter(({ directional }) => directional !== undefined)
      .reduce((sum, { components }) => sum + components.total - components.checked, 0);
    if (checked + together >= total) return undefined;
    const message = `${checked + together} of ${total} components were checked; the verdict is about those alone`;
    return { code: 'partial-coverage', message };
  },
];

function namesOf(parameters: readonly ParameterReport[]): string {
  return parameters.map(({ name }) => name).join(', ');
}

function brief(value: number): string {
  return value.toPrecision(3);
}
