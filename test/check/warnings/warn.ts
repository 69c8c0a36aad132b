import type { Report } from '../../../src/check/report/report.ts';
import { readJob } from '../../../src/models/read-job.ts';
import { numericGradient, withStep } from '../../fixtures/numeric-gradient.ts';
import { checkGradients } from '../../fixtures/on-kernels.ts';

/** The report on a document; without `gradients` the right ones are claimed. */
export async function reportOn(document: Record<string, unknown>): Promise<Report> {
  const { parameters, gradients = parameters } = document;
  const outcome = readJob({ ...document, gradients });
  if (outcome.kind !== 'job') throw new Error(JSON.stringify(outcome.faults));
  const { job } = outcome;
  if (document.gradients !== undefined) return checkGradients(job);
  return checkGradients({ ...job, claimed: numericGradient(withStep(job, 'auto')) });
}

/** The message under a code; undefined when there is no such warning. */
export function warned(report: Report, code: string): string | undefined {
  return report.warnings.find((warning) => warning.code === code)?.message;
}
