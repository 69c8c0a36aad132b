/** How a resized axis is computed from the one before: each entry a sum of some entries, times coefficients. */
export interface Interpolation {
  readonly mode: 'nearest' | 'linear' | 'cubic';
  readonly nearest: 'round_prefer_floor' | 'round_prefer_ceil' | 'floor' | 'ceil';
  readonly coordinates: CoordinateMode;
  /** The a of the cubic coefficients (Keys 1981). */
  readonly cubicA: number;
  /** Whether entries beyond the ends count 0 instead of as the end. */
  readonly excludesOutside: boolean;
  /** Whether a window is widened where the axis is made shorter. */
  readonly isSmoothed: boolean;
}

export const coordinateModes = [
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'tf_half_pixel_for_nn',
  'tf_crop_and_resize',
] as const;
export type CoordinateMode = (typeof coordinateModes)[number];

/** One axis: its length before and after, the factor between them, and the part that is cut out, from 0 to 1. */
export interface ResizedAxis {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  readonly part: readonly [number, number];
}

/** The coefficients of the entries before for each entry after; undefined for one that lies outside of them. */
export function interpolationRows(
  axis: ResizedAxis,
  interpolation: Interpolation,
): (readonly number[] | undefined)[] {
  return Array.from({ length: axis.to }, (_, i) => {
    const place = placeBefore(i, axis, interpolation.coordinates);
    const isOutside =
      interpolation.coordinates === 'tf_crop_and_resize' && (place < 0 || place > axis.from - 1);
    return isOutside ? undefined : rowAt(place, axis, interpolation);
  });
}

/** Where an entry lies among those before. */
function placeBefore(
  i: number,
  { from, to, scale, part: [start, end] }: ResizedAxis,
  mode: CoordinateMode,
): number {
  const width = scale * from;
  switch (mode) {
    case 'align_corners':
      return width === 1 ? 0 : (i * (from - 1)) / (width - 1);
    case 'asymmetric':
      return i / scale;
    case 'tf_half_pixel_for_nn':
      return (i + 0.5) / scale;
    case 'tf_crop_and_resize': {
      const within =
        to === 1 ? ((end - start) * (from - 1)) / 2 : (i * (end - start) * (from - 1)) / (to - 1);
      return within + start * (from - 1);
    }
    case 'pytorch_half_pixel':
      return width === 1 ? -0.5 : (i + 0.5) / scale - 0.5;
    case 'half_pixel':
      return (i + 0.5) / scale - 0.5;
    case 'half_pixel_symmetric':
      return (from / 2) * (1 - to / width) + (i + 0.5) / scale - 0.5;
  }
}

function rowAt(place: number, { from, scale }: ResizedAxis, interpolation: Interpolation): number[] {
  // From above 0 up to 1: a whole place is the second of the two next to it.
  const below = Math.ceil(place) - 1;
  const coefficients = coefficientsOf(place - below, scale, interpolation);
  const first = below + 1 - coefficients.length / 2;
  const row = new Array<number>(from).fill(0);
  let kept = 0;
  coefficients.forEach((coefficient, i) => {
    const index = first + i;
    if (interpolation.excludesOutside && (index < 0 || index >= from)) return;
    row[Math.max(0, Math.min(index, from - 1))] += coefficient;
    kept += coefficient;
  });
  return interpolation.excludesOutside ? row.map((coefficient) => coefficient / kept) : row;
}

/** Of the entries around a place, as many on either side; `ratio` is how far it lies behind the last one before it. */
function coefficientsOf(
  ratio: number,
  scale: number,
  { mode, nearest, cubicA, isSmoothed }: Interpolation,
): number[] {
  if (mode === 'nearest') return nearestOf(ratio, nearest);
  const reach = mode === 'linear' ? 1 : 2;
  const shrinking = isSmoothed ? Math.min(scale, 1) : 1;
  const before = -Math.floor(-reach / shrinking) - 1;
  const weights = Array.from({ length: 2 * before + 2 }, (_, i) => {
    const distance = Math.abs(i - before - ratio) * shrinking;
    return mode === 'linear' ? Math.max(0, 1 - distance) : cubic(distance, cubicA);
  });
  if (shrinking === 1) return weights;
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function nearestOf(ratio: number, rule: Interpolation['nearest']): number[] {
  if (ratio === 1 || rule === 'ceil') return [0, 1];
  if (rule === 'floor') return [1, 0];
  const isSecond = rule === 'round_prefer_floor' ? ratio > 0.5 : ratio >= 0.5;
  return isSecond ? [0, 1] : [1, 0];
}

/** Keys, "Cubic convolution interpolation for digital image processing" (1981). */
function cubic(x: number, a: number): number {
  if (x <= 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
  return x < 2 ? a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a : 0;
}
