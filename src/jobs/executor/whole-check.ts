import { checkInTurn } from '../../check/check-in-turn.ts';
import type { CheckJob } from '../../check/check-job.ts';
import { type FoldedCheck, foldCheck } from '../../check/folded-check.ts';
import { atOnce } from '../../check/piecewise.ts';
import { PointSequence } from '../../check/points/point-sequence.ts';
import type { ShardRunner } from '../../check/shard-runner.ts';
import { type NewEvent, parameterEvent } from '../job-event.ts';
import { type InlinePayload, readInline } from '../job-payload.ts';
import type { JobError, JobProgress } from '../job-record.ts';

/** What a job that one thread has checked from beginning to end has come to. */
export interface WholeCheck {
  readonly end:
    | { readonly kind: 'checked'; readonly check: FoldedCheck }
    | { readonly kind: 'failed'; readonly error: JobError };
  /** Of its finished parameters, in order. */
  readonly events: readonly NewEvent[];
  /** How far it got; undefined if nowhere. */
  readonly progress: JobProgress | undefined;
}

/**
 * Checks a job on the calling thread, which does nothing else meanwhile.
 * @param open gives the runner of one point's shards
 */
export function checkWhole(job: InlinePayload, open: (point: CheckJob) => ShardRunner): WholeCheck {
  const points = new PointSequence(readInline(job));
  const events: NewEvent[] = [];
  let progress: JobProgress | undefined;
  const checking = checkInTurn(points, open);
  for (let step = checking.next(); ; step = checking.next()) {
    if (step.done) return { end: endOf(points, step.value), events, progress };
    progress = points.progress(step.value);
    for (const report of step.value.takeFinishedParameters())
      events.push(parameterEvent(report, points.label));
  }
}

function endOf(points: PointSequence, failure: JobError | undefined): WholeCheck['end'] {
  return failure === undefined
    ? { kind: 'checked', check: atOnce(foldCheck(points)) }
    : { kind: 'failed', error: failure };
}
