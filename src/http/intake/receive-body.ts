import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { GradcheckError } from '../../errors/catalogue.ts';
import { GrowingBytes } from './growing-bytes.ts';
import type { IntakeBudget } from './intake-budget.ts';

/** The most bytes that a body may have, before and after inflation, and the setting that says so. */
export interface BodyLimit {
  readonly bytes: number;
  readonly setting: string;
}

/** The content codings of RFC 9110 section 8.4.1 and of RFC 7932 that can be undone. */
const decoders = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

type Decoder = ReturnType<typeof createGunzip | typeof createInflate | typeof createBrotliDecompress>;

/**
 * Receives a request's body whole, inflated when it is compressed.
 * @param budget what the bytes are taken from as they come; the caller gives back as many as it is returned. They
 * are given back here when the body cannot be received.
 * @throws GradcheckError body-too-large, overloaded, malformed-request or unsupported-media-type.
 */
export async function receiveBody(
  request: IncomingMessage,
  limit: BodyLimit,
  budget: IntakeBudget,
): Promise<Uint8Array<ArrayBuffer>> {
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  const declared = declaredLength(request);
  if (declared !== undefined && declared > limit.bytes) throw tooLarge(limit);
  if (encoding === 'identity') return collect(request, limit, budget, declared);
  const createDecoder = decoders.get(encoding);
  if (createDecoder !== undefined) return inflate(request, createDecoder(), limit, budget);
  throw new GradcheckError(
    'unsupported-media-type',
    `Content-Encoding "${encoding}" is not one of gzip, deflate, br, identity`,
  );
}

function declaredLength(request: IncomingMessage): number | undefined {
  const header = request.headers['content-length'];
  return header === undefined ? undefined : Number(header);
}

async function inflate(
  request: IncomingMessage,
  decoder: Decoder,
  limit: BodyLimit,
  budget: IntakeBudget,
): Promise<Uint8Array<ArrayBuffer>> {
  // Empty gzip members inflate to nothing, so the bytes before inflation need a bound of their own.
  let compressed = 0;
  request.on('data', (piece: Uint8Array) => {
    compressed += piece.byteLength;
    if (compressed > limit.bytes) decoder.destroy(tooLarge(limit));
  });
  request.once('error', (error) => decoder.destroy(error));
  request.pipe(decoder);
  try {
    return await collect(decoder, limit, budget, undefined);
  } finally {
    request.unpipe(decoder);
    decoder.destroy();
    // What is left of the body is discarded, so that the client can finish sending and read the answer.
    request.resume();
  }
}

function collect(
  source: Readable,
  limit: BodyLimit,
  budget: IntakeBudget,
  expected: number | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const body = new GrowingBytes(expected, limit.bytes);
  return new Promise((resolve, reject) => {
    // Only the first of the events below counts: a stream may well end and then break.
    let settled = false;
    const fail = (error: GradcheckError) => {
      if (settled) return;
      settled = true;
      budget.giveBack(body.length);
      reject(error);
    };
    source.on('data', (piece: Uint8Array) => {
      if (settled) return;
      if (body.length + piece.byteLength > limit.bytes) fail(tooLarge(limit));
      else if (!budget.take(piece.byteLength)) fail(overloaded());
      else body.append(piece);
    });
    source.on('end', () => {
      if (settled) return;
      settled = true;
      resolve(body.bytes);
    });
    source.on('error', (error) => fail(error instanceof GradcheckError ? error : notReceived(error)));
    // A client that goes away closes the stream without an error.
    source.on('close', () => fail(notReceived(new Error('the connection was closed'))));
  });
}

function tooLarge({ bytes, setting }: BodyLimit): GradcheckError {
  return new GradcheckError('body-too-large', `the body has more than ${bytes} bytes (${setting})`);
}

function overloaded(): GradcheckError {
  return new GradcheckError(
    'overloaded',
    'other bodies fill the room there is for reading them (MAX_INTAKE_BYTES)',
    {
      retryAfter: 1,
    },
  );
}

function notReceived(cause: Error): GradcheckError {
  return new GradcheckError('malformed-request', `the body could not be received: ${cause.message}`, {
    cause,
  });
}
