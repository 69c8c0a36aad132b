/** The longest time that a request is held open for the end of its job, in seconds. */
export const LONGEST_WAIT = 30;

/**
 * The seconds that a client would wait for an answer: the preference `wait` of RFC 7240 section 4.3, at most
 * `LONGEST_WAIT`. Preferences that cannot be read are ignored, as section 2 asks.
 */
export function preferredWait(header: string | readonly string[] | undefined): number {
  if (header === undefined) return 0;
  for (const preference of [header].flat().join(',').split(',')) {
    const match = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:;.*)?$/i.exec(preference);
    if (match !== null) return Math.min(Number(match[1]), LONGEST_WAIT);
  }
  return 0;
}
