import { createServer, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { GradcheckError } from '../../src/errors/catalogue.ts';
import { DocumentIntake, INLINE_BYTES } from '../../src/http/intake/document-intake.ts';
import { IntakeBudget } from '../../src/http/intake/intake-budget.ts';
import type { ReadOutcome } from '../../src/models/document/read-document.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Taken {
  /** Sends a body; resolves with what the intake made of it, or the code and detail of its error. */
  send(
    body: string | Buffer | AsyncIterable<Buffer>,
    headers?: Record<string, string>,
  ): Promise<ReadOutcome | string>;
  readonly budget: IntakeBudget;
}

async function startIntake(limit = 1 << 20, room = 64 << 20): Promise<Taken> {
  const budget = new IntakeBudget(room);
  const limits = { MAX_BODY_BYTES: limit, MAX_UPLOAD_BYTES: 2 * limit, MAX_TENSOR_BYTES: limit };
  const intake = new DocumentIntake(limits, budget);
  let settle: (outcome: ReadOutcome | string) => void = () => {};
  const server = createServer((incoming: IncomingMessage, response) => {
    intake
      .read(incoming, true)
      .catch((error: unknown) =>
        error instanceof GradcheckError ? `${error.code}: ${error.message}` : String(error),
      )
      .then((outcome) => {
        response.end();
        settle(outcome);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  stops.push(async () => {
    server.closeAllConnections();
    server.close();
    await intake.stop();
  });
  const send: Taken['send'] = async (body, headers = {}) => {
    const outcome = new Promise<ReadOutcome | string>((resolve) => {
      settle = resolve;
    });
    const answer = await request(`http://127.0.0.1:${address.port}`, {
      method: 'POST',
      body: toBody(body),
      headers,
    });
    await answer.body.dump();
    return outcome;
  };
  return { send, budget };
}

function toBody(body: string | Buffer | AsyncIterable<Buffer>): string | Buffer | Readable {
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : Readable.from(body);
}

/** θ·x summed, of so many components. */
function document(components: number): string {
  const values = Array.from({ length: components }, (_, i) => i / 8);
  return JSON.stringify({
    model: { format: 'expression', cost: 'sum(theta * x)' },
    data: { x: values },
    parameters: { theta: values },
    gradients: { theta: values },
  });
}

describe('the intake of job documents', () => {
  it.each([
    ['small ones, at once', 3],
    ['large ones, on its thread', 100_000],
  ])('reads %s', async (_, components) => {
    const { send, budget } = await startIntake(16 << 20);
    const text = document(components);
    expect(text.length > INLINE_BYTES).toBe(components > 3);
    const outcome = await send(text);
    if (typeof outcome === 'string' || outcome.kind !== 'job') throw new Error(JSON.stringify(outcome));
    expect(outcome.job.theta).toHaveLength(components);
    expect(outcome.job.claimed[components - 1]).toBe((components - 1) / 8);
    expect(outcome.job.data[0].values[1]).toBe(0.125);
    expect(outcome.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(budget.taken).toBe(0);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('reads bodies of Content-Encoding %s like plain ones', async (encoding, compress) => {
    const { send } = await startIntake(16 << 20);
    const text = document(1000);
    const plain = await send(text);
    expect(plain).toMatchObject({ kind: 'job' });
    expect(await send(compress(text), { 'content-encoding': encoding })).toEqual(plain);
  });

  it('reads bodies of unknown length', async () => {
    const { send } = await startIntake(16 << 20);
    const text = Buffer.from(document(20_000));
    async function* pieces() {
      for (let i = 0; i < text.length; i += 10_000) yield text.subarray(i, i + 10_000);
    }
    expect(await send(pieces())).toEqual(await send(text));
  });

  it('refuses bodies over the limit, by length, by what comes, and by what they inflate to', async () => {
    const { send, budget } = await startIntake(10_000);
    const large = Buffer.alloc(20_000, ' ');
    async function* pieces() {
      yield large;
    }
    const refusal = 'body-too-large: the body has more than 10000 bytes (MAX_BODY_BYTES)';
    expect(await send(large)).toBe(refusal);
    expect(await send(pieces())).toBe(refusal);
    expect(await send(gzipSync(Buffer.alloc(50_000_000)), { 'content-encoding': 'gzip' })).toBe(refusal);
    expect(await send(gzipSync(large), { 'content-encoding': 'gzip' })).toBe(refusal);
    expect(await send(brotliCompressSync(large), { 'content-encoding': 'br' })).toBe(refusal);
    expect(budget.taken).toBe(0);
  });

  it('refuses empty gzip members without end', async () => {
    const { send } = await startIntake(10_000);
    const member = gzipSync('');
    const members = Buffer.concat(Array.from({ length: 1000 }, () => member));
    async function* pieces() {
      yield members;
    }
    expect(await send(pieces(), { 'content-encoding': 'gzip' })).toMatch(/^body-too-large/);
  });

  it('refuses what it has no room for now', async () => {
    const { send, budget } = await startIntake(10_000, 5_000);
    expect(await send(Buffer.alloc(6_000, ' '))).toMatch(/^overloaded/);
    expect(budget.taken).toBe(0);
    expect(await send(document(2))).toMatchObject({ kind: 'job' });
  });

  it('says what is wrong with a body that is not a JSON document', async () => {
    const { send } = await startIntake();
    expect(await send('')).toEqual({ kind: 'malformed', detail: 'the body is empty' });
    expect(await send('{"model": }')).toEqual({
      kind: 'malformed',
      detail: 'line 1, column 11: expected value',
    });
    expect(await send(Buffer.from([0x22, 0xff, 0x22]))).toEqual({
      kind: 'malformed',
      detail: 'the body is not UTF-8',
    });
    expect(await send(Buffer.from('no gzip'), { 'content-encoding': 'gzip' })).toMatch(/^malformed-request/);
    expect(await send('{}', { 'content-encoding': 'zstd' })).toMatch(/^unsupported-media-type/);
  });

  it('refuses members that would change a prototype, wherever they are and however they are written', async () => {
    const { send } = await startIntake();
    const text = document(1).replace(
      '"model"',
      '"labels":{"__proto__":"x","a\\/b":{"_\\u005fproto__":{}}},"model"',
    );
    expect(await send(text)).toEqual({
      kind: 'faults',
      faults: [
        { pointer: '/labels/__proto__', detail: 'this name is not allowed' },
        { pointer: '/labels/a~1b/__proto__', detail: 'this name is not allowed' },
      ],
    });
  });

  it('survives documents nested deeper than the stack', async () => {
    const { send } = await startIntake(16 << 20);
    const depth = 60_000;
    const nested = '['.repeat(depth) + ']'.repeat(depth);
    for (const text of [nested, document(1).replace('"theta":[0]', `"theta":${nested}`)]) {
      expect(await send(text)).toMatchObject({ kind: 'faults' });
    }
  });

  it('gives the room back when a client goes away in the middle', async () => {
    const { send, budget } = await startIntake();
    async function* pieces() {
      yield Buffer.alloc(5_000, ' ');
      await new Promise((resolve) => setTimeout(resolve, 50));
      throw new Error('the client goes away');
    }
    await expect(send(pieces())).rejects.toThrow('the client goes away');
    await expect.poll(() => budget.taken).toBe(0);
  });
});
