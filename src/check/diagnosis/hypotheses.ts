import { activationSlope } from './activation-slope.ts';
import { clipped } from './clipped.ts';
import { confined } from './confined.ts';
import type { Hypothesis } from './hypothesis.ts';
import { offset } from './offset.ts';
import { penaltyMistake } from './penalty-mistake.ts';
import { reversed } from './reversed.ts';
import { rounded } from './rounded.ts';
import { scaled } from './scaled.ts';
import { shifted } from './shifted.ts';
import { singleComponents } from './single-components.ts';
import { swapped } from './swapped.ts';
import { transposed } from './transposed.ts';

/** Every cause that is looked for. Of those that explain equally much with equally few numbers the first is named. */
export const hypotheses: readonly Hypothesis[] = [
  scaled,
  activationSlope,
  penaltyMistake,
  transposed,
  swapped,
  confined,
  singleComponents,
  rounded,
  shifted,
  reversed,
  offset,
  clipped,
];
