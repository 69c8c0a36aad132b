import type { NewEvent, StoredEvent } from '../../job-event.ts';
import type { EventsTable } from './schema.ts';

/** The row of events that are stored together, the last of them under the number `last`. */
export function toEventRow(jobId: string, last: number, events: readonly NewEvent[]): EventsTable {
  return {
    job_id: jobId,
    last,
    types: JSON.stringify(events.map(({ type }) => type)),
    // JSON text has no line breaks of its own.
    lines: events.map(({ type, data }) => (type === 'report' ? '' : data)).join('\n'),
  };
}

/** Whether the last event of a row is the report that is kept elsewhere. */
export function endsInReport({ lines }: Pick<EventsTable, 'lines'>): boolean {
  return lines === '' || lines.endsWith('\n');
}

/** @param reportText the text of the job's report, for the event that is it */
export function fromEventRow(
  { last, types, lines }: Omit<EventsTable, 'job_id'>,
  reportText: string,
): StoredEvent[] {
  const names: StoredEvent['type'][] = JSON.parse(types);
  const first = last - names.length + 1;
  return lines.split('\n').map((line, i) => ({ id: first + i, type: names[i], data: line || reportText }));
}
