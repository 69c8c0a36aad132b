import { setTimeout as sleep } from 'node:timers/promises';
import { type Dispatcher, request } from 'undici';

/** What these programs read of a job. */
export interface Job {
  readonly id: string;
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly progress: { readonly completed: number; readonly total: number };
}

export interface Answer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly text: string;
}

const RETRY_MS = 50;
const GIVE_UP_MS = 120_000;

/** A client of one service, who does not give up when it is down for a while. */
export class JobClient {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Sends one request once. Rejects when there is no answer. */
  async send(
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: string | Buffer,
  ): Promise<Answer> {
    const answer = await request(`${this.url}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      headersTimeout: GIVE_UP_MS,
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }

  /**
   * Submits under a key again and again, until the service says that it has accepted the job.
   * @returns the job's id, and how often it was sent
   */
  async submit(document: string, key: string): Promise<{ readonly id: string; readonly attempts: number }> {
    let attempts = 0;
    const { headers } = await this.#retry([200, 202], () => {
      attempts++;
      return this.send('POST', '/v1/jobs', { 'idempotency-key': key }, document);
    });
    return { id: String(headers.location).replace('/v1/jobs/', ''), attempts };
  }

  /** Runs a job and waits for its end. @returns its id */
  async run(document: string): Promise<string> {
    const { status, headers, text } = await this.send('POST', '/v1/jobs', { prefer: 'wait=30' }, document);
    if (status > 202) throw new Error(`a job was answered ${status}: ${text}`);
    const id = String(headers.location).replace('/v1/jobs/', '');
    await this.untilEnded(id);
    return id;
  }

  async job(id: string): Promise<Job> {
    const { text } = await this.#retry([200], () => this.send('GET', `/v1/jobs/${id}`));
    const job: Job = JSON.parse(text);
    return job;
  }

  async untilEnded(id: string): Promise<Job> {
    for (const started = performance.now(); ; await sleep(RETRY_MS)) {
      const job = await this.job(id);
      if (hasEnded(job)) return job;
      if (performance.now() - started > GIVE_UP_MS) throw new Error(`job ${id} is still ${job.status}`);
    }
  }

  /** Every job that the service has, newest first. */
  async jobs(): Promise<Job[]> {
    const jobs: Job[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const query: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
      const { text } = await this.#retry([200], () => this.send('GET', `/v1/jobs?limit=100${query}`));
      const page: { jobs: Job[]; next: string | null } = JSON.parse(text);
      jobs.push(...page.jobs);
      after = page.next;
    }
    return jobs;
  }

  /** The report's text without the one field that may differ between two runs of a job; the answer if there is none. */
  async report(id: string): Promise<string> {
    const { text } = await this.#retry([200, 409], () => this.send('GET', `/v1/jobs/${id}/report`));
    return text.replace(/"durationMs":[\d.e+-]+/, '"durationMs":0');
  }

  /** The milliseconds that a report says the check took. */
  async durationMs(id: string): Promise<number> {
    const { text } = await this.send('GET', `/v1/jobs/${id}/report`);
    const report: { durationMs: number } = JSON.parse(text);
    return report.durationMs;
  }

  /** Sends again while the service is down or full. */
  async #retry(expected: readonly number[], send: () => Promise<Answer>): Promise<Answer> {
    for (const started = performance.now(); ; await sleep(RETRY_MS)) {
      const answer = await send().catch(() => undefined);
      if (answer !== undefined && expected.includes(answer.status)) return answer;
      if (answer !== undefined && answer.status !== 429 && answer.status !== 503)
        throw new Error(`the service answered ${answer.status}: ${answer.text}`);
      if (performance.now() - started > GIVE_UP_MS) throw new Error('the service did not come back');
    }
  }
}

export function hasEnded({ status }: Job): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}
