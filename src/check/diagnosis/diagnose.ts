import type { Cause, ParameterDiagnosis } from './cause.ts';
import { diagnoseParameter } from './diagnose-parameter.ts';
import type { DiagnosedParameter } from './diagnosed-parameter.ts';
import type { DiagnosisContext } from './diagnosis-context.ts';
import { findOrigin, type Origin } from './origin.ts';
import { rounded } from './rounded.ts';
import { scaled } from './scaled.ts';
import { findSharedCause, isOfWriting, type SharedCause } from './shared-cause.ts';

/** What can be said of why a job's gradient is wrong. */
export interface Diagnosis {
  /** The one cause of all failing parameters, if there is more than one and they share it. */
  readonly shared?: SharedCause;
  /** Where, along the backward pass, things first go wrong. */
  readonly origin?: Origin;
}

export interface JobDiagnosis extends Diagnosis {
  /** By failing parameter, the best explanation first. */
  readonly parameters: ReadonlyMap<string, readonly ParameterDiagnosis[]>;
}

/**
 * Says why a gradient is wrong. Pure and in time linear in the components; sums go in a fixed order, so that the same
 * numbers give the same bits.
 */
export function diagnose(parameters: readonly DiagnosedParameter[], context: DiagnosisContext): JobDiagnosis {
  const failing = parameters.filter(({ verdict }) => verdict === 'fail');
  const found = new Map<string, readonly ParameterDiagnosis[]>();
  for (const parameter of failing) {
    found.set(parameter.name, diagnoseParameter(parameter, { context, parameters, elsewhere: [] }));
  }
  // A parameter too small to tell a number of its own may still share one.
  const elsewhere = facts(found);
  for (const parameter of failing) {
    if (elsewhere.length === 0 || found.get(parameter.name)?.[0]?.certainty === 'fact') continue;
    const [again] = diagnoseParameter(parameter, { context, parameters, elsewhere }, [scaled, rounded]);
    if (again?.certainty === 'fact') found.set(parameter.name, [again]);
  }
  const shared = findSharedCause(found);
  const origin =
    shared !== undefined && isOfWriting(shared) ? undefined : findOrigin(parameters, context.steps);
  return {
    parameters: found,
    ...(shared === undefined ? {} : { shared }),
    ...(origin === undefined ? {} : { origin }),
  };
}

function facts(found: ReadonlyMap<string, readonly ParameterDiagnosis[]>): readonly Cause[] {
  return [...found.values()].flatMap(([first]) => (first?.certainty === 'fact' ? [first.cause] : []));
}
