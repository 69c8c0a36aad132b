import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Dispatcher, request } from 'undici';
import { onTestFinished } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type Service, startService } from '../../src/main.ts';

/** An answer with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: unknown;
}

export interface SendOptions {
  /** An object goes as JSON. */
  readonly body?: object | string | Buffer;
  readonly headers?: Record<string, string>;
}

export interface RunningService {
  readonly service: Service;
  send(method: Dispatcher.HttpMethod, path: string, options?: SendOptions): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Submits a job that must be accepted. @returns its id. */
  submit(document: object): Promise<string>;
  /** Submits a job and waits for its end. @returns its id. */
  runJob(document: object): Promise<string>;
}

/** Starts the service on a free port and a folder of its own; it is stopped when the test has finished. */
export async function startRunningService(
  settings: Record<string, string> = {},
  folder?: string,
): Promise<RunningService> {
  const dataDir = folder ?? (await temporaryFolder());
  const config = readConfig({ PORT: '0', THREADS: '2', DATA_DIR: dataDir, ...settings });
  const service = await startService(config, pino({ level: 'silent' }));
  onTestFinished(() => service.stop());
  const sendTo: RunningService['send'] = (method, path, options = {}) =>
    send(`${service.url}${path}`, method, options);
  const submit = async (document: object, headers: Record<string, string> = {}) => {
    const answer = await sendTo('POST', '/v1/jobs', { body: document, headers });
    if (answer.status > 202) throw new Error(`the job was refused: ${answer.text}`);
    return String(answer.headers.location).replace('/v1/jobs/', '');
  };
  return {
    service,
    send: sendTo,
    get: (path, headers = {}) => sendTo('GET', path, { headers }),
    submit,
    runJob: (document) => submit(document, { prefer: 'wait=30' }),
  };
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gradcheck-http-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function send(
  url: string,
  method: Dispatcher.HttpMethod,
  { body, headers }: SendOptions,
): Promise<Answer> {
  const isJson = typeof body === 'object' && !Buffer.isBuffer(body);
  const answer = await request(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : body }),
  });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    get json(): unknown {
      return JSON.parse(text);
    },
  };
}
