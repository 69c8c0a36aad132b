import type { CheckJob } from '../../src/check/check-job.ts';
import type { CheckSettings } from '../../src/check/settings.ts';
import type { Peer } from './peer-contender.ts';
import type { Python } from './python.ts';

/** One row of the table: a model whose numbers are made when it is their turn. */
export interface Row {
  /** As `--rows` takes it. */
  readonly name: string;
  /**
   * Makes the numbers, and leaves them in the folder for processes of their own.
   * @returns undefined for a model that PyTorch has to make, without one
   */
  prepare(folder: string, python: Python | undefined): Promise<RowCase | undefined>;
}

/** A model with its numbers: the same ones for us and for every peer. */
export interface RowCase {
  /** Name and number of examples. */
  readonly title: string;
  /** Claims the right gradient. */
  readonly job: CheckJob;
  /** J(θ). */
  readonly cost: number;
  readonly strategies: readonly CheckSettings['strategy'][];
  readonly peers: readonly Peer[];
  /** Bytes of θ, claimed gradient, data and activations; undefined where the peak of memory is not measured. */
  readonly heldBytes?: number;
}

/** The job with settings that differ from its own. Copies no tensor. */
export function withSettings(job: CheckJob, settings: Partial<CheckSettings>): CheckJob {
  return { ...job, spec: { ...job.spec, settings: { ...job.spec.settings, ...settings } } };
}
