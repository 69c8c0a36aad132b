import { MOST_POINTS } from '../points/point-document.ts';

/** One part of a multipart/form-data body. `content` is a view of the body. */
export interface MultipartPart {
  readonly name: string;
  readonly content: Buffer;
}

const LINE_END = '\r\n';
const HEADERS_END = '\r\n\r\n';
const LONGEST_HEADERS = 8192;
/** More than any job has: it may have two for each of its points. */
const MOST_PARTS = 2 * MOST_POINTS + 16;

/**
 * Splits a whole multipart/form-data body (RFC 7578) at its boundary, by the grammar of RFC 2046 section 5.1.1.
 * @returns what is wrong as a sentence, if anything is
 */
export function splitMultipart(body: Buffer, boundary: string): readonly MultipartPart[] | string {
  const delimiter = Buffer.from(`${LINE_END}--${boundary}`);
  const parts: MultipartPart[] = [];
  let at = findFirstDelimiter(body, delimiter);
  for (;;) {
    if (at === undefined) return 'the boundary that Content-Type gives is not in the body';
    if (body.toString('latin1', at, at + 2) === '--') return parts;
    const start = endOfDelimiterLine(body, at);
    if (start === undefined) return `at byte ${at}: expected the end of the line or --`;
    if (parts.length === MOST_PARTS) return `there are more than ${MOST_PARTS} parts`;
    const part = readPart(body, start, delimiter);
    if (typeof part === 'string') return part;
    parts.push(part);
    at = part.end + delimiter.byteLength;
  }
}

/** @returns the position behind it. The line end before it is missing where the body begins with it. */
function findFirstDelimiter(body: Buffer, delimiter: Buffer): number | undefined {
  const length = delimiter.byteLength - LINE_END.length;
  if (body.subarray(0, length).equals(delimiter.subarray(LINE_END.length))) return length;
  const at = body.indexOf(delimiter);
  return at < 0 ? undefined : at + delimiter.byteLength;
}

/** A boundary may be followed by spaces, which mean nothing. */
function endOfDelimiterLine(body: Buffer, from: number): number | undefined {
  let at = from;
  while (body[at] === 0x20 || body[at] === 0x09) at++;
  return body.toString('latin1', at, at + 2) === LINE_END ? at + 2 : undefined;
}

function readPart(
  body: Buffer,
  start: number,
  delimiter: Buffer,
): (MultipartPart & { readonly end: number }) | string {
  const headersEnd = body.subarray(start, start + LONGEST_HEADERS).indexOf(HEADERS_END);
  if (headersEnd < 0) return `the part at byte ${start} has no end of its headers`;
  const headers = body.toString('utf8', start, start + headersEnd).split(LINE_END);
  const name = nameOf(headers);
  if (name === undefined) return `the part at byte ${start} has no Content-Disposition with a name`;
  const encoding = headers.find((header) => /^content-transfer-encoding:/i.test(header));
  if (encoding !== undefined && !/:\s*(?:binary|8bit|7bit)\s*$/i.test(encoding)) {
    return `the part "${name}" has a Content-Transfer-Encoding; send its bytes as they are`;
  }
  const contentStart = start + headersEnd + HEADERS_END.length;
  const end = body.indexOf(delimiter, contentStart);
  if (end < 0) return `the part "${name}" is truncated: no boundary comes behind it`;
  return { name, content: body.subarray(contentStart, end), end };
}

/** The `name` of a Content-Disposition, RFC 7578 section 4.2. */
function nameOf(headers: readonly string[]): string | undefined {
  const [, parameters] =
    headers
      .map((header) => /^content-disposition:\s*form-data\s*(;.*)$/i.exec(header))
      .find((match) => match !== null) ?? [];
  const named = (parameters ?? '').matchAll(/;\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/g);
  for (const [, parameter, quoted, plain] of named) {
    if (parameter.toLowerCase() === 'name') return quoted ?? plain;
  }
  return undefined;
}
