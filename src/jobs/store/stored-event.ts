import type { JobEventBody, StoredEvent } from '../job-event.ts';
import type { JobEnding } from './job-store.ts';

/** An event as it will be stored, without its number. */
export interface NewEvent {
  readonly type: StoredEvent['type'];
  readonly data: string;
  /** Whether `data` is the text of the job's report, which a store may keep once. */
  readonly isReport: boolean;
}

export function newEvent(body: JobEventBody): NewEvent {
  return { type: body.type, data: JSON.stringify(body.data), isReport: false };
}

/** What an ending stores: its report's text and its events in order, the terminal one last. */
export function endingTexts(ending: JobEnding): { report: string | undefined; events: NewEvent[] } {
  const { report, event } = ending;
  const text = report === undefined ? undefined : JSON.stringify(report);
  const last =
    text !== undefined && event.type === 'report' && event.data === report
      ? { type: event.type, data: text, isReport: true }
      : newEvent(event);
  return { report: text, events: [...ending.earlier.map(newEvent), last] };
}
