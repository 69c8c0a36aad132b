import type { Emitter } from '../emitter.ts';
import type { Value } from '../value.ts';
import type { CallArguments } from './call-arguments.ts';

/** What a parameter of a function takes: `rest` gathers what is left, `keyword` is given by name only. */
export interface FunctionParameter {
  readonly name: string;
  readonly kind: 'positional' | 'rest' | 'keyword';
  readonly required: boolean;
}

/** A function that a cost may call. */
export interface FunctionDefinition {
  readonly name: string;
  /** As Python writes it: `sum(x, axis=None, *, keepdims=False)`. Defaults are words for the reader. */
  readonly signature: string;
  readonly doc: string;
  readonly aliases: readonly string[];
  readonly parameters: readonly FunctionParameter[];
  /** Whether NumPy's arrays have it as a method: `x.sum(axis=0)`. */
  readonly method: boolean;
  /** @throws Refusal, ShapeError when the arguments do not fit. */
  readonly lower: (args: CallArguments, emit: Emitter) => Value;
}

export function define(
  signature: string,
  doc: string,
  lower: FunctionDefinition['lower'],
  more: { readonly aliases?: readonly string[]; readonly method?: boolean } = {},
): FunctionDefinition {
  const [name, list] = signature.slice(0, -1).split('(');
  return {
    name,
    signature,
    doc,
    aliases: more.aliases ?? [],
    parameters: readParameters(list),
    method: more.method ?? false,
    lower,
  };
}

function readParameters(list: string): FunctionParameter[] {
  const parameters: FunctionParameter[] = [];
  let byNameOnly = false;
  for (const text of list.split(', ')) {
    const [name, fallback] = text.split('=');
    if (text === '*') byNameOnly = true;
    else if (text.startsWith('*')) parameters.push({ name: text.slice(1), kind: 'rest', required: false });
    else {
      parameters.push({
        name,
        kind: byNameOnly ? 'keyword' : 'positional',
        required: fallback === undefined,
      });
    }
  }
  return parameters;
}
