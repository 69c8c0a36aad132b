/** How deep brackets, powers, signs and the like may be nested. */
export const deepestNesting = 200;

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** The first bracket that has no partner or lies too deep. Found before parsing, because it can be said so plainly. */
export function firstBracketFault(text: string): { offset: number; detail: string } | undefined {
  const open: { bracket: string; offset: number }[] = [];
  // Strings are skipped so that the fault told is theirs, and comments because they mean nothing.
  for (const match of text.matchAll(/#[^\r\n]*|(["'])(?:\\.|(?!\1)[^\\\r\n])*\1?|[()[\]{}]/g)) {
    const [bracket] = match;
    const offset = match.index;
    if (bracket in closers) {
      open.push({ bracket, offset });
      if (open.length > deepestNesting)
        return { offset, detail: `brackets are nested deeper than ${deepestNesting}` };
    } else if (bracket.length === 1 && ')]}'.includes(bracket)) {
      const opener = open.pop();
      if (opener === undefined) return { offset, detail: `syntax error: \`${bracket}\` closes nothing` };
      if (closers[opener.bracket] !== bracket) {
        return {
          offset,
          detail: `syntax error: \`${bracket}\` does not match \`${opener.bracket}\` before it`,
        };
      }
    }
  }
  const unclosed = open.at(-1);
  return (
    unclosed && { offset: unclosed.offset, detail: `syntax error: \`${unclosed.bracket}\` is never closed` }
  );
}
