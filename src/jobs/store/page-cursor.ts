import { GradcheckError } from '../../errors/catalogue.ts';

/** The last job of a page: the next page holds what was created before it, or at the same ms with a smaller id. */
export interface PageCursor {
  readonly createdAt: number;
  readonly id: string;
}

/** Writes a cursor as the opaque text that clients hand back. */
export function formatCursor({ createdAt, id }: PageCursor): string {
  return Buffer.from(JSON.stringify([createdAt, id])).toString('base64url');
}

/** Reads `formatCursor`'s text. @throws GradcheckError `invalid-query` for anything else. */
export function parseCursor(text: string): PageCursor {
  const cursor = readPair(Buffer.from(text, 'base64url').toString());
  // Decoding base64url skips what it does not know, so only a text that comes out the same was ours.
  if (cursor === undefined || formatCursor(cursor) !== text) {
    const detail = 'is not a cursor that this service gave out';
    throw new GradcheckError('invalid-query', 'The query has 1 fault.', {
      faults: [{ pointer: '/after', detail }],
    });
  }
  return cursor;
}

function readPair(text: string): PageCursor | undefined {
  try {
    const pair: unknown = JSON.parse(text);
    if (!Array.isArray(pair) || pair.length !== 2) return undefined;
    const [createdAt, id]: unknown[] = pair;
    return Number.isSafeInteger(createdAt) && typeof createdAt === 'number' && typeof id === 'string'
      ? { createdAt, id }
      : undefined;
  } catch {
    return undefined;
  }
}
