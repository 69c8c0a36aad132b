const TOKEN = /["{}[\]]/g;
const AFTER_NAME = /\s*:/y;

/**
 * Finds a name that is twice in one object of a JSON text: of such names `JSON.parse` keeps the last without a word.
 * @param text what JSON.parse takes
 */
export function findRepeatedName(text: string): string | undefined {
  /** The names so far of every object that is open; of an array, none. */
  const open: Set<string>[] = [];
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    const [character] = token;
    if (character === '{' || character === '[') open.push(new Set());
    else if (character === '}' || character === ']') open.pop();
    else {
      const end = endOfString(text, token.index);
      TOKEN.lastIndex = end;
      AFTER_NAME.lastIndex = end;
      if (!AFTER_NAME.test(text)) continue;
      const name: string = JSON.parse(text.slice(token.index, end));
      const names = open[open.length - 1];
      if (names.has(name)) return name;
      names.add(name);
    }
  }
  return undefined;
}

/** The position behind the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = start;
  do {
    end = text.indexOf('"', end + 1);
  } while (isEscaped(text, end));
  return end + 1;
}

function isEscaped(text: string, position: number): boolean {
  let backslashes = 0;
  while (text[position - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}
