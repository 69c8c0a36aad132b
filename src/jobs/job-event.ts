import type { PointLabel } from '../check/points/point.ts';
import type { ParameterReport, Report } from '../check/report/report.ts';
import type { JobError } from './job-record.ts';

/** Events that are stored, numbered 1, 2, 3 … without gaps in each job. The last three end the job. */
export type JobEventBody =
  | { readonly type: 'parameter'; readonly data: FinishedParameter }
  | { readonly type: 'report'; readonly data: Report }
  | { readonly type: 'failed'; readonly data: { readonly error: JobError } }
  | { readonly type: 'cancelled'; readonly data: Record<string, never> };

/** One parameter's report, and in a job that has points the one that it is of. */
export interface FinishedParameter extends Omit<ParameterReport, 'histogram'> {
  readonly point?: number;
  /** Where it has a name. */
  readonly pointName?: string;
}

/** An event as it is to be stored, without its number: its JSON text as it goes out on the stream. */
export interface NewEvent {
  readonly type: JobEventBody['type'];
  readonly data: string;
}

export function newEvent({ type, data }: JobEventBody): NewEvent {
  return { type, data: JSON.stringify(data) };
}

/** Tells of a finished parameter. @param label of the point that it is of, in a job that has points */
export function parameterEvent({ histogram: _, ...report }: ParameterReport, label?: PointLabel): NewEvent {
  if (label === undefined) return newEvent({ type: 'parameter', data: report });
  const { point, name } = label;
  const data = { point, ...(name === undefined ? {} : { pointName: name }), ...report };
  return newEvent({ type: 'parameter', data });
}

/** A stored event; `data` is its JSON text as it goes out on the stream. */
export interface StoredEvent extends NewEvent {
  readonly id: number;
}

export function isTerminalEvent(type: StoredEvent['type']): boolean {
  return type !== 'parameter';
}

/** The newest event of a job. */
export interface LastEvent {
  /** 0 when there is none yet. */
  readonly id: number;
  /** Whether it ended the job, so that no other follows. */
  readonly isTerminal: boolean;
}
