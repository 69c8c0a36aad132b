import { z } from 'zod';
import { CSV_MEDIA_TYPE } from '../check/report/formats/report-format.ts';
import { fileParts, filesOf } from '../models/tensor-files.ts';
import { CommandError, causeOf } from './command-error.ts';
import type { JobSource } from './read-source.ts';

const jobSchema = z.object({ id: z.string(), name: z.string().optional() });
export type SubmittedJob = z.output<typeof jobSchema>;

/** What the command prints of an RFC 9457 problem document. */
const problemSchema = z.object({
  title: z.string(),
  detail: z.string().optional(),
  code: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).default([]),
});

/** The requests that `gradcheck check --server` makes. Every method throws CommandError when it does not succeed. */
export class ServiceClient {
  /** Ends in a slash, so that paths below a proxy's prefix resolve. */
  readonly #base: string;

  constructor(server: string) {
    this.#base = server.endsWith('/') ? server : `${server}/`;
  }

  async submit(source: JobSource, signal: AbortSignal): Promise<SubmittedJob> {
    const answer = await this.#request('v1/jobs', { method: 'POST', ...encode(source), signal });
    const job = jobSchema.safeParse(await answer.json().catch(() => undefined));
    if (!job.success) throw new CommandError(`${this.#base} does not answer as a gradcheck service does`);
    return job.data;
  }

  async cancel(jobId: string): Promise<void> {
    await this.#request(`v1/jobs/${jobId}/cancel`, { method: 'POST' });
  }

  /** The components of a job that has succeeded, as CSV. */
  async componentsCsv(jobId: string, signal: AbortSignal): Promise<AsyncIterable<string>> {
    const headers = { accept: CSV_MEDIA_TYPE };
    const { body } = await this.#request(`v1/jobs/${jobId}/report`, { headers, signal });
    if (body === null) throw new CommandError(`${this.#base} answered without a list of components`);
    return body.pipeThrough(new TextDecoderStream());
  }

  /**
   * Opens a job's event stream, after the event `lastEventId` if one is given. The answer may be of any status.
   * Rejects as `fetch` does when there is no answer.
   */
  openEvents(jobId: string, lastEventId: string | undefined, signal: AbortSignal): Promise<Response> {
    const headers = new Headers({ accept: 'text/event-stream' });
    if (lastEventId !== undefined) headers.set('last-event-id', lastEventId);
    return fetch(this.jobUrl(jobId, 'events'), { headers, signal });
  }

  jobUrl(jobId: string, part?: string): URL {
    return this.#url(part === undefined ? `v1/jobs/${jobId}` : `v1/jobs/${jobId}/${part}`);
  }

  async #request(path: string, init: RequestInit): Promise<Response> {
    const url = this.#url(path);
    let answer: Response;
    try {
      answer = await fetch(url, init);
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new CommandError(`cannot reach ${this.#base}: ${causeOf(error)}`, { cause: error });
    }
    if (!answer.ok) throw await problemOf(answer);
    return answer;
  }

  #url(path: string): URL {
    if (!URL.canParse(path, this.#base)) throw new CommandError(`${this.#base} is not a URL`);
    return new URL(path, this.#base);
  }
}

/** A document alone goes as JSON, one with files in several parts. */
function encode({ document, files }: JobSource): Pick<RequestInit, 'headers' | 'body'> {
  const type = 'application/json';
  if (fileParts.every((part) => filesOf(files[part]).length === 0)) {
    return { headers: { 'content-type': type }, body: document };
  }
  const form = new FormData();
  form.append('job', new Blob([document], { type }));
  for (const part of fileParts) {
    for (const bytes of filesOf(files[part])) form.append(part, new Blob([bytes]), part);
  }
  return { body: form };
}

/** What the service refused, as an error with every fault. */
export async function problemOf(answer: Response): Promise<CommandError> {
  const problem = problemSchema.safeParse(await answer.json().catch(() => undefined));
  if (!problem.success)
    return new CommandError(`${answer.url} answered ${answer.status} ${answer.statusText}`);
  const { title, detail, code, errors } = problem.data;
  const kind = code === undefined ? '' : ` (${code})`;
  const retryAfter = answer.headers.get('retry-after');
  const later = retryAfter === null ? '' : `; try again in ${retryAfter} s`;
  return new CommandError(`${title}${detail === undefined ? '' : `: ${detail}`}${kind}${later}`, {
    faults: errors,
  });
}
