import type { ParameterDiagnosis } from './cause.ts';
import { diagnoseParameter } from './diagnose-parameter.ts';
import type { DiagnosedParameter } from './diagnosed-parameter.ts';
import type { DiagnosisContext } from './diagnosis-context.ts';
import { findOrigin, type Origin } from './origin.ts';
import { scaled } from './scaled.ts';
import { findSharedCause, type SharedCause } from './shared-cause.ts';

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
    found.set(parameter.name, diagnoseParameter(parameter, { context, parameters, factors: [] }));
  }
  // A parameter too small to tell a factor of its own may still share one.
  const factors = scalingFacts(found);
  for (const parameter of failing) {
    if (factors.length === 0 || found.get(parameter.name)?.[0]?.certainty === 'fact') continue;
    const [again] = diagnoseParameter(parameter, { context, parameters, factors }, [scaled]);
    if (again?.certainty === 'fact') found.set(parameter.name, [again]);
  }
  const shared = findSharedCause(found);
  const origin = findOrigin(parameters, context.steps);
  return {
    parameters: found,
    ...(shared === undefined ? {} : { shared }),
    ...(origin === undefined ? {} : { origin }),
  };
}

function scalingFacts(found: ReadonlyMap<string, readonly ParameterDiagnosis[]>): readonly number[] {
  const factors = new Set<number>();
  for (const [first] of found.values()) {
    if (first?.certainty === 'fact' && first.cause.kind === 'scaled') factors.add(first.cause.factor);
  }
  return [...factors];
}
