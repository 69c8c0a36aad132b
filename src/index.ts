import { checkGradients as checkJob, type CheckOptions as RunOptions } from './check/check-gradients.ts';
import type { Report } from './check/report/report.ts';
import { GradcheckError } from './errors/catalogue.ts';
import { loadKernelModule } from './kernels/load-module.ts';
import type { JobDocument } from './models/job-document.ts';
import { readJob } from './models/read-job.ts';
import type { JobFiles } from './models/tensor-files.ts';

export interface CheckOptions extends RunOptions {
  /** Files: the model of an ONNX job, and tensors – safetensors, .npz or JSON – that are not in the document. */
  readonly files?: JobFiles;
}

/**
 * Checks the gradients of a job document in the caller's process and on its thread, with the code that the service
 * runs; the report is the same to the last bit, `durationMs` aside.
 * @param document what would be posted to the service, as a value
 * @throws GradcheckError `invalid-job` with every fault of the document in `faults`, or the code of a failed check,
 *   such as `cost-mismatch`
 */
export async function checkGradients(document: JobDocument, options: CheckOptions = {}): Promise<Report> {
  const reading = readJob(document, options.files);
  if (reading.kind === 'faults') {
    throw new GradcheckError('invalid-job', 'the job document has faults', { faults: reading.faults });
  }
  return checkJob(reading.job, loadKernelModule(), options);
}

export type { MethodComparison } from './check/comparison/method-comparison.ts';
export type { MethodValue } from './check/comparison/method-value.ts';
export type { AxisFailures } from './check/diagnosis/axis-failures.ts';
export type { AxisSlices, Cause, Certainty, ParameterDiagnosis } from './check/diagnosis/cause.ts';
export type { Diagnosis } from './check/diagnosis/diagnose.ts';
export type { Origin } from './check/diagnosis/origin.ts';
export type { SharedCause } from './check/diagnosis/shared-cause.ts';
export type {
  ComponentCounts,
  ComponentFlag,
  ComponentReport,
  ParameterReport,
  Report,
  Verdict,
} from './check/report/report.ts';
export type { Warning, WarningCode } from './check/warnings/warning.ts';
export { type ErrorCode, GradcheckError } from './errors/catalogue.ts';
export type { Fault } from './errors/fault.ts';
export type { JobDocument } from './models/job-document.ts';
export type { JobFiles } from './models/tensor-files.ts';
