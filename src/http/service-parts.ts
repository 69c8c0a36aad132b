import type { Config } from '../config.ts';
import type { Coordinator } from '../jobs/coordinator.ts';
import type { Store } from '../jobs/store/job-store.ts';
import type { DocumentIntake } from './intake/document-intake.ts';
import type { ServiceMetrics } from './service-metrics.ts';

/** What the routes work with; `main.ts` makes them. */
export interface ServiceParts {
  readonly config: Config;
  readonly store: Store;
  readonly coordinator: Coordinator;
  readonly intake: DocumentIntake;
  readonly metrics: ServiceMetrics;
  /** Resolves when jobs are taken; requests wait for it. */
  readonly started: Promise<void>;
  /** Aborts when the service begins to stop. */
  readonly stopping: AbortSignal;
}
