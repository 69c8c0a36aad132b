const longestExcerpt = 48;

/**
 * Numbers that end in their point (`2.`, `1.e-3`), which Python allows and the grammar does not know: digits, the
 * point, and behind it an exponent or no part of a name or number.
 */
const endsInPoint = /(?<![\p{L}\p{N}_.])(\d[\d_]*)\.(?=[eE][+-]?\d|[^\p{L}\p{N}_.]|$)/gu;

/** The text of a cost as the client wrote it, with places in it named by line and column. */
export class SourceText {
  readonly original: string;
  /** What the parser reads: the same length, so that every offset means the same in both. */
  readonly text: string;
  readonly #lineStarts: readonly number[];

  constructor(original: string) {
    this.original = original;
    this.text = original.replace(endsInPoint, ' $1');
    const starts = [0];
    for (const lineBreak of original.matchAll(/\r\n|\r|\n/g))
      starts.push(lineBreak.index + lineBreak[0].length);
    this.#lineStarts = starts;
  }

  /** `line 1, column 8`, both counted from 1; columns in UTF-16 units. */
  position(offset: number): string {
    const starts = this.#lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return `line ${low + 1}, column ${offset - starts[low] + 1}`;
  }

  /** What was written there, on one line and cut when long, for messages. */
  excerpt(from: number, to: number): string {
    const long = to - from > longestExcerpt;
    const text = this.original.slice(from, long ? from + longestExcerpt : to);
    return `\`${text.trim().replace(/\s+/g, ' ')}${long ? '…' : ''}\``;
  }
}
