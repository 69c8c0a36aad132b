import { GradcheckError } from '../errors/catalogue.ts';

const LONGEST_KEY = 255;

/** @throws GradcheckError malformed-request when the key is not printable ASCII of 1 to 255 characters. */
export function readIdempotencyKey(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && header.length <= LONGEST_KEY && /^[\x21-\x7e]+$/.test(header))
    return header;
  throw new GradcheckError(
    'malformed-request',
    `the Idempotency-Key must be 1 to ${LONGEST_KEY} printable ASCII characters without spaces`,
  );
}
