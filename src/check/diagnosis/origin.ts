import type { BackwardStep } from '../../graph/backward-steps.ts';
import type { DiagnosedParameter } from './diagnosed-parameter.ts';

/** Where, going back from the cost, a gradient first goes wrong. */
export interface Origin {
  /**
   * `local`: what is passed back is right, the wrong parameters' own formulas are not. `passed-back`: from here on
   * everything is wrong. `first`: no more can be said.
   */
  readonly kind: 'local' | 'passed-back' | 'first';
  /** What the client wrote that the first wrong parameters belong to, if the model says it. */
  readonly layer?: string;
  /** The parameters that first are wrong; for `local`, all that are. */
  readonly parameters: readonly string[];
  /** Those nearer to the cost, all right. */
  readonly right: readonly string[];
  readonly message: string;
}

/** @param steps where the backward pass meets parameters, from the cost on */
export function findOrigin(
  parameters: readonly DiagnosedParameter[],
  steps: readonly BackwardStep[],
): Origin | undefined {
  const wrong = new Set(parameters.flatMap(({ name, verdict }) => (verdict === 'fail' ? [name] : [])));
  const right = new Set(parameters.flatMap((parameter) => (isKnownRight(parameter) ? [parameter.name] : [])));
  const first = steps.findIndex((step) => step.parameters.some((name) => wrong.has(name)));
  if (first < 0) return undefined;
  const isVouchedFor = (step: BackwardStep) => witnesses(step, right).length > 0;
  const failing = steps.filter((step) => step.parameters.some((name) => wrong.has(name)));
  const before = steps.slice(0, first).flatMap((step) => step.parameters.filter((name) => right.has(name)));
  const layer = steps[first].source;
  const origin = { ...(layer === undefined ? {} : { layer }), right: before };
  const own = steps[first].parameters.filter((name) => wrong.has(name));
  if (failing.every(isVouchedFor)) {
    const names = failing.flatMap((step) => step.parameters.filter((name) => wrong.has(name)));
    return { ...origin, kind: 'local', parameters: names, message: describeLocal(names, failing, right) };
  }
  const onward = steps.slice(first).flatMap((step) => step.parameters);
  if (failing.length > 1 && !onward.some((name) => right.has(name))) {
    return {
      ...origin,
      kind: 'passed-back',
      parameters: own,
      message: describePassedBack(steps, first, before),
    };
  }
  const message = `Going back from the cost, ${list(own)} ${own.length === 1 ? 'is' : 'are'} the first to be wrong.`;
  return { ...origin, kind: 'first', parameters: own, message };
}

/** Passed, and not merely because J does not move: claimed values that are all 0 prove nothing. */
function isKnownRight({ verdict, claimed, numeric }: DiagnosedParameter): boolean {
  return verdict === 'pass' && claimed.some((value, i) => value !== 0 && Number.isFinite(numeric[i]));
}

/** Right parameters whose gradients take what is passed back to a step: first its own, then those behind it. */
function witnesses({ parameters, behind }: BackwardStep, right: ReadonlySet<string>): string[] {
  return [...parameters, ...behind].filter((name) => right.has(name));
}

function describeLocal(
  names: readonly string[],
  failing: readonly BackwardStep[],
  right: ReadonlySet<string>,
): string {
  const named = [...new Set(failing.flatMap((step) => witnesses(step, right).slice(0, 1)))];
  return (
    `What is passed back through the layers is right, as ${list(named)} ${named.length === 1 ? 'is' : 'are'}: ` +
    `look at the lines that compute ${list(names)}.`
  );
}

function describePassedBack(steps: readonly BackwardStep[], first: number, right: readonly string[]): string {
  const here = steps[first].source ?? list(steps[first].parameters);
  if (right.length === 0) {
    return `Everything is wrong, from ${here} on back: look at the derivative of the loss and of what lies behind it.`;
  }
  const last = steps
    .slice(0, first)
    .findLast(({ parameters }) => parameters.some((name) => right.includes(name)));
  const from = last?.source ?? list(last?.parameters ?? []);
  return (
    `${list(right)} ${right.length === 1 ? 'is' : 'are'} right; from ${here} on back everything is wrong: ` +
    `look at the derivative that is passed back from ${from} to ${here}.`
  );
}

/** Names that a sentence lists. */
const MOST_LISTED = 6;

function list(names: readonly string[]): string {
  const gradients = names.slice(0, MOST_LISTED).map((name) => `d${name}`);
  if (names.length > MOST_LISTED) return `${gradients.join(', ')} and ${names.length - MOST_LISTED} more`;
  return gradients.length < 2
    ? gradients.join('')
    : `${gradients.slice(0, -1).join(', ')} and ${gradients.at(-1)}`;
}
