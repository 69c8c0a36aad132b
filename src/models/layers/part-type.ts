import { type Faults, pointerTo } from '../../errors/fault.ts';
import { describeJson, quote } from '../../tensors/describe-json.ts';
import { didYouMean } from '../nearest-name.ts';
import { isObject } from '../schema-faults.ts';
import { insteadOfType, plainName } from './foreign-types.ts';

/** The kinds of one part of a layers document. */
export interface PartKinds<Kind> {
  /** What such a part is called in messages. */
  readonly part: 'layer' | 'loss' | 'regulariser';
  readonly byType: ReadonlyMap<string, Kind>;
}

/** Finds the kind that a part's `type` names. Anything else is a fault that says what there is. */
export function readPartKind<Kind>(
  value: unknown,
  pointer: string,
  source: string,
  { part, byType }: PartKinds<Kind>,
  faults: Faults,
): { readonly type: string; readonly kind: Kind } | undefined {
  if (!isObject(value)) {
    faults.add(pointer, `${source}: a ${part} must be an object with a type, not ${describeJson(value)}`);
    return undefined;
  }
  const { type } = value;
  const kind = typeof type === 'string' ? byType.get(type) : undefined;
  if (typeof type === 'string' && kind !== undefined) return { type, kind };
  faults.add(pointerTo(pointer, 'type'), `${source}: ${refusal(type, part, [...byType.keys()])}`);
  return undefined;
}

function refusal(type: unknown, part: PartKinds<unknown>['part'], known: readonly string[]): string {
  const choice = `there are ${known.join(', ')}`;
  if (typeof type !== 'string')
    return `the type of a ${part} must be a string, not ${describeJson(type)}; ${choice}`;
  const refused = `there is no ${part} ${quote(type)}`;
  const same = known.find((each) => plainName(each) === plainName(type));
  if (same !== undefined) return `${refused}; did you mean ${quote(same)}? ${choice}`;
  const instead = insteadOfType(type, part);
  if (instead !== undefined) return `${refused}: ${instead}; ${choice}`;
  return `${refused}${didYouMean(type, known) || ';'} ${choice}; a cost of anything else can be an "expression" or "onnx"`;
}
