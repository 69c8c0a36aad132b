import { fromJsonNumber } from '../../tensors/json-number.ts';
import type { ParameterReport } from '../report/report.ts';
import type { WarningCheck } from './warning.ts';

export const costNotFinite: WarningCheck = ({ report: { cost } }) => {
  if (Number.isFinite(fromJsonNumber(cost))) return undefined;
  const message = `J is ${cost} at this point, so no difference of it can be taken`;
  return { code: 'cost-not-finite', message };
};

export const undecided: WarningCheck = ({ report: { cost, components } }) => {
  const { inconclusive, checked } = components;
  if (inconclusive === 0 || !Number.isFinite(fromJsonNumber(cost))) return undefined;
  const message = `${inconclusive} of ${checked} components are undecided: at a kink, near the rounding of J, or without a finite numeric gradient`;
  return { code: 'undecided', message };
};

/** Told whether or not this gradient exceeded its tolerance: the next right one may. */
export const toleranceBelowNoise: WarningCheck = ({ report: { noise, settings } }) => {
  if (!(fromJsonNumber(noise.relativeDifference) > settings.tolerance)) return undefined;
  return { code: 'tolerance-below-noise', message: noise.explanation };
};

export const kinks: WarningCheck = ({ report: { components } }) => {
  if (components.kinks === 0) return undefined;
  const message = `${components.kinks} of ${components.checked} components lie at a kink of J, where it has no derivative`;
  return { code: 'kinks', message };
};

export const noiseLimited: WarningCheck = ({ report: { components } }) => {
  if (components.noiseLimited === 0) return undefined;
  const message = `${components.noiseLimited} of ${components.checked} components are so small that the rounding of J hides their last digits`;
  return { code: 'noise-limited', message };
};

export const float32: WarningCheck = ({ report: { parameters } }) => {
  const low = parameters.filter(({ precision }) => precision === 'float32');
  if (low.length === 0) return undefined;
  const message = `the gradients of ${namesOf(low)} hold float32 numbers and were held to that precision; computed in float64 they can be checked to more digits`;
  return { code: 'float32', message };
};

export const halfPrecision: WarningCheck = ({ report: { parameters } }) => {
  const half = parameters.filter(({ precision }) => precision === 'float16' || precision === 'bfloat16');
  if (half.length === 0) return undefined;
  const message = `the gradients of ${namesOf(half)} were sent in float16 or bfloat16 and were held to that precision, two or three digits: smaller mistakes cannot be told from rounding`;
  return { code: 'half-precision', message };
};

export const alongDirections: WarningCheck = ({ report: { parameters } }) => {
  const directed = parameters.filter(({ directional }) => directional !== undefined);
  if (directed.length === 0) return undefined;
  const message = `checked along directions, not component by component: ${namesOf(directed)}; canMiss says of each what may be wrong all the same`;
  return { code: 'along-directions', message };
};

export const notLocalised: WarningCheck = ({ report: { parameters } }) => {
  const unlocated = parameters.filter(
    ({ verdict, directional }) => verdict === 'inconclusive' && directional?.explained === false,
  );
  if (unlocated.length === 0) return undefined;
  const message = `the gradients disagree along a direction, but no component could be called wrong by itself: ${namesOf(unlocated)}`;
  return { code: 'not-localised', message };
};

export const partialCoverage: WarningCheck = ({ report: { parameters, components } }) => {
  const { checked, total } = components;
  const together = parameters
    .filter(({ directional }) => directional !== undefined)
    .reduce((sum, { components: own }) => sum + own.total - own.checked, 0);
  if (checked + together >= total) return undefined;
  const message = `${checked + together} of ${total} components were checked; the verdict is about those alone`;
  return { code: 'partial-coverage', message };
};

function namesOf(parameters: readonly ParameterReport[]): string {
  return parameters.map(({ name }) => name).join(', ');
}
