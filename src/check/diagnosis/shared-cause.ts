import type { Cause, ParameterDiagnosis } from './cause.ts';
import { formatFactor } from './named-factor.ts';

/** One cause for all failing parameters: more telling than each alone. */
export interface SharedCause {
  /** As it was found in the first of them. */
  readonly cause: Cause;
  readonly parameters: readonly string[];
  readonly message: string;
}

/** Factors this close, relative to their size, are the same. */
const SAME_FACTOR = 1e-4;

export function findSharedCause(
  found: ReadonlyMap<string, readonly ParameterDiagnosis[]>,
): SharedCause | undefined {
  if (found.size < 2) return undefined;
  const causes = [...found.values()].map(([first]) =>
    first?.certainty === 'fact' ? first.cause : undefined,
  );
  const [cause] = causes;
  if (cause === undefined || causes.some((other) => other === undefined || !isSame(cause, other)))
    return undefined;
  const parameters = [...found.keys()];
  const message = describe(cause, parameters.map((name) => `d${name}`).join(', '));
  return message === undefined ? undefined : { cause, parameters, message };
}

/** Whether the numbers were right once, and were spoilt as they were written: no layer is to blame then. */
export function isOfWriting({ cause }: SharedCause): boolean {
  return ['rounded', 'clipped', 'transposed', 'memory-order'].includes(cause.kind);
}

function isSame(one: Cause, other: Cause): boolean {
  switch (one.kind) {
    case 'scaled':
      return (
        other.kind === 'scaled' &&
        other.part === one.part &&
        Math.abs(one.factor - other.factor) <= SAME_FACTOR * Math.abs(one.factor)
      );
    case 'penalty':
      return (
        other.kind === 'penalty' &&
        other.penalty === one.penalty &&
        other.mistake === one.mistake &&
        (one.factor === undefined ||
          Math.abs(one.factor - (other.factor ?? Number.NaN)) <= SAME_FACTOR * Math.abs(one.factor))
      );
    case 'activation-slope':
      return other.kind === 'activation-slope' && other.layer === one.layer && other.op === one.op;
    case 'rounded':
      return other.kind === 'rounded' && other.to === one.to;
    case 'clipped':
      return other.kind === 'clipped' && Math.abs(one.at - other.at) <= SAME_FACTOR * one.at;
    case 'swapped':
      return other.kind === 'swapped' && one.mutual && other.mutual;
    default:
      return one.kind === other.kind;
  }
}

/** Undefined for what has no more to say than each parameter's own sentence. */
function describe(cause: Cause, names: string): string | undefined {
  switch (cause.kind) {
    case 'scaled':
      return describeShared(cause.factor, cause.part === 'all' ? names : `the data parts of ${names}`);
    case 'penalty':
      return `The ${cause.penalty} penalty goes wrong in the same way in ${names}: look at the line that adds it.`;
    case 'activation-slope':
      return `${names} are what comes out when the derivative of ${cause.op} is left out in ${cause.layer}.`;
    case 'rounded':
      return `${names} are all rounded in the same way: look at how they were written.`;
    case 'clipped':
      return `${names} are all cut off at ±${formatFactor(cause.at)}: check the gradient before it is clipped.`;
    case 'transposed':
    case 'memory-order':
      return `${names} are all transposed: look at how they are laid out.`;
    default:
      return undefined;
  }
}

function describeShared(factor: number, names: string): string {
  const where = 'one place serves them all, as the derivative of the loss does';
  if (factor === 0) return `${names} are all 0: perhaps nothing was passed back at all.`;
  const clipped = factor > 0 && factor < 1 ? ', or the gradient was clipped by its norm' : '';
  return `${names} are all ${formatFactor(factor)} times what they should be: ${where}${clipped}.`;
}
