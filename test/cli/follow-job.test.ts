import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { CommandError } from '../../src/cli/command-error.ts';
import { followJob } from '../../src/cli/remote-check.ts';
import { ServiceClient } from '../../src/cli/service-client.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A server on a real socket that answers its n-th request with the n-th answer, and what it was asked. */
async function serverOf(answers: Answer[]) {
  const seen: { url: string; lastEventId: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const lastEventId = request.headers['last-event-id'];
    seen.push({
      url: request.url ?? '',
      lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
    });
    const answer = answers.shift() ?? ((_request, reply) => reply.writeHead(500).end());
    answer(request, response);
  }).listen(0, '127.0.0.1');
  stops.push(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { client: new ServiceClient(`http://127.0.0.1:${address.port}`), seen };
}

function stream(text: string, end: (response: ServerResponse) => void): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(text, () => end(response));
  };
}

const cut = (response: ServerResponse) => setTimeout(() => response.destroy(), 20);
const close = (response: ServerResponse) => response.end();

function follow(client: ServiceClient, signal = new AbortController().signal) {
  const progress: number[] = [];
  const outcome = followJob(
    { id: 'j1', name: 'a job' },
    { client, onProgress: ({ completed }) => progress.push(completed), signal },
  );
  return { outcome, progress };
}

const report = 'id: 2\nevent: report\ndata: {"verdict":"pass"}\n\n';

describe('following a job over a stream that breaks', () => {
  it('goes on after the last event that came, also when the service was away in between', async () => {
    const { client, seen } = await serverOf([
      stream(
        'retry: 20\n\nevent: snapshot\ndata: {"job":{"progress":{"completed":0,"total":9}}}\n\nid: 1\nevent: parameter\ndata: {}\n\n',
        cut,
      ),
      (request) => request.socket.destroy(),
      (_request, response) => response.writeHead(503).end(),
      stream('retry: 20\n\nevent: progress\ndata: {"completed":5,"total":9,"stage":"sweep"}\n\n', close),
      stream(report, close),
    ]);
    const { outcome, progress } = follow(client);
    expect(await outcome).toMatchObject({ kind: 'report', name: 'a job', report: { verdict: 'pass' } });
    expect(progress).toEqual([0, 5]);
    expect(seen.map(({ url }) => url)).toEqual(Array(5).fill('/v1/jobs/j1/events'));
    expect(seen.map(({ lastEventId }) => lastEventId)).toEqual([undefined, '1', '1', '1', '1']);
  });

  it('puts an event together that comes in pieces, cut inside a character', async () => {
    const bytes = Buffer.from(
      'id: 1\nevent: failed\ndata: {"error":{"code":"cost-mismatch","detail":"θ"}}\n\n',
    );
    const { client } = await serverOf([
      async (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const inTheta = bytes.indexOf('θ') + 1;
        for (const piece of [bytes.subarray(0, 10), bytes.subarray(10, inTheta), bytes.subarray(inTheta)]) {
          response.write(piece);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        response.end();
      },
    ]);
    expect(await follow(client).outcome).toEqual({
      kind: 'failed',
      error: { code: 'cost-mismatch', detail: 'θ' },
    });
  });

  it('ends with the refusal of the service rather than asking again', async () => {
    const { client, seen } = await serverOf([
      (_request, response) =>
        response
          .writeHead(410, { 'content-type': 'application/problem+json' })
          .end('{"title":"The job was removed by retention","code":"job-removed","detail":"job j1 is gone"}'),
    ]);
    const error = await follow(client).outcome.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CommandError);
    expect(String(error)).toContain('The job was removed by retention: job j1 is gone (job-removed)');
    expect(seen).toHaveLength(1);
  });

  it('reports a cancelled job', async () => {
    const { client } = await serverOf([stream('id: 1\nevent: cancelled\ndata: {}\n\n', close)]);
    expect(await follow(client).outcome).toEqual({ kind: 'cancelled' });
  });

  it('stops at once when it is interrupted', async () => {
    const { client } = await serverOf([stream(': waiting\n\n', () => {})]);
    const interrupt = new AbortController();
    const { outcome } = follow(client, interrupt.signal);
    setTimeout(() => interrupt.abort(), 50);
    await expect(outcome).rejects.toThrow('aborted');
  });
});
