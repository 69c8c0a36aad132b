import { didYouMean } from '../../nearest-name.ts';
import { Refusal } from '../expression-faults.ts';
import { sequenceOf } from '../sequences.ts';
import type { Value } from '../value.ts';
import type { FunctionDefinition, FunctionParameter } from './function-definition.ts';

/** An argument of a call, lowered; `name` when it was given as `name=value`. */
export interface GivenArgument {
  readonly name?: string;
  readonly offset: number;
  readonly value: Value;
}

/**
 * Gives a call's arguments to the function's parameters, as Python does.
 * @throws Refusal when one is missing, unknown, too many or given twice.
 */
export function bindArguments(
  definition: FunctionDefinition,
  given: readonly GivenArgument[],
): Map<string, GivenArgument> {
  const { parameters, signature } = definition;
  const bound = new Map<string, GivenArgument>();
  const bind = (parameter: FunctionParameter, argument: GivenArgument) => {
    if (bound.has(parameter.name)) {
      throw new Refusal(`${signature} has its argument \`${parameter.name}\` twice`, argument.offset);
    }
    bound.set(parameter.name, argument);
  };
  const afterNamed = given.find(({ name }, i) => name === undefined && given[i - 1]?.name !== undefined);
  if (afterNamed !== undefined) {
    throw new Refusal('arguments without a name come before those with one', afterNamed.offset);
  }
  const positional = given.filter(({ name }) => name === undefined);
  for (const parameter of parameters.filter(({ kind }) => kind !== 'keyword')) {
    if (parameter.kind === 'rest') {
      const rest = positional.splice(0);
      if (rest.length > 0) bind(parameter, gather(rest));
      continue;
    }
    const argument = positional.shift();
    if (argument !== undefined) bind(parameter, argument);
  }
  if (positional.length > 0)
    throw new Refusal(`${signature} has no place for this argument`, positional[0].offset);
  for (const argument of given) {
    if (argument.name !== undefined) bind(named(definition, argument.name, argument.offset), argument);
  }
  const missing = parameters.find(({ name, required }) => required && !bound.has(name));
  if (missing !== undefined) throw new Refusal(`${signature} needs its argument \`${missing.name}\``);
  return bound;
}

/** What PyTorch and older NumPy call an argument. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ['dim', 'axis'],
  ['keepdim', 'keepdims'],
  ['newshape', 'shape'],
  ['a_min', 'min'],
  ['a_max', 'max'],
]);

/** `reshape(x, 2, 3)` is `reshape(x, (2, 3))`. */
function gather(rest: readonly GivenArgument[]): GivenArgument {
  const [first] = rest;
  const whole = rest.length === 1 && (first.value.kind === 'sequence' || first.value.kind === 'none');
  if (whole) return first;
  return {
    offset: first.offset,
    value: sequenceOf(
      rest.map(({ value }) => value),
      false,
    ),
  };
}

function named({ parameters, signature }: FunctionDefinition, name: string, offset: number) {
  const parameter = parameters.find((candidate) => candidate.name === name);
  if (parameter === undefined) {
    const names = parameters.map((known) => known.name);
    const here = elsewhere.get(name) ?? name;
    const meant = names.includes(here) ? here : name;
    throw new Refusal(`${signature} has no argument \`${name}\`${didYouMean(meant, names)}`, offset);
  }
  return parameter;
}
