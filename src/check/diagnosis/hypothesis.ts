import type { Cause } from './cause.ts';
import type { DiagnosedParameter } from './diagnosed-parameter.ts';
import type { DiagnosisContext } from './diagnosis-context.ts';
import type { Evidence } from './evidence.ts';
import type { Fitted } from './fit.ts';

/** A possible cause, with the claimed gradient that it would lead to. */
export interface Explanation extends Fitted {
  readonly cause: Cause;
  /** A clause without a full stop: `dW2 is 2 times what it should be`. */
  readonly message: string;
  /** Other ways to say it. */
  readonly readings?: readonly string[];
}

/** What a hypothesis may look at beside the parameter. */
export interface Surroundings {
  readonly context: DiagnosisContext;
  /** Every parameter of the job. */
  readonly parameters: readonly DiagnosedParameter[];
  /** What is known for a fact of other parameters: a number found there need not be fitted again. */
  readonly elsewhere: readonly Cause[];
}

/** Looks for one kind of cause in one failing parameter. Those worth ranking come back. */
export type Hypothesis = (evidence: Evidence, surroundings: Surroundings) => readonly Explanation[];
