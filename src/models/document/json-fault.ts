/** Where a text stops being JSON. Lines and columns count from 1. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly expected: string;
}

type Expectation = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | ', or ]' | ', or }' | 'end';

const SPACE = /[ \t\n\r]*/y;
const LITERAL = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
/** What ends a string or is not the rule `unescaped` of RFC 8259 section 7. */
const SPECIAL = /[^ !#-[\]-\uffff]/g;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Finds the first fault of a text by the grammar of RFC 8259: the messages of `JSON.parse` do not always say where.
 * @returns undefined when the text is JSON.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const scanner = new JsonScanner(text);
  const expected = scanner.scan();
  if (expected === undefined) return undefined;
  const before = text.slice(0, scanner.position);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: scanner.position - lineStart + 1, expected };
}

/**
 * Where a text that `JSON.parse` has refused stops being JSON, in words.
 * @param error what `JSON.parse` threw
 */
export function describeJsonFault(text: string, error: unknown): string {
  const fault = findJsonFault(text);
  if (fault === undefined) return error instanceof Error ? error.message : String(error);
  return `line ${fault.line}, column ${fault.column}: expected ${fault.expected}`;
}

class JsonScanner {
  readonly #text: string;
  /** The closing bracket of each object and array that is open. */
  readonly #open: ('}' | ']')[] = [];
  #expectation: Expectation = 'value';
  /** What was expected within a string, where that is the fault. */
  #stringFault: string | undefined;
  position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @returns what was expected at `position`, or undefined at the end of a whole document. */
  scan(): string | undefined {
    for (;;) {
      this.#skip(SPACE);
      if (this.position >= this.#text.length) {
        return this.#expectation === 'end' ? undefined : describe(this.#expectation);
      }
      if (!this.#step(this.#text[this.position])) return this.#stringFault ?? describe(this.#expectation);
    }
  }

  #step(character: string): boolean {
    const expectation = this.#expectation;
    if (character === '"') {
      if (expectation === 'name' || expectation === 'name or }') return this.#string(':');
      return this.#takesValue() && this.#string(this.#afterValue());
    }
    if (character === '{' || character === '[') {
      if (!this.#takesValue()) return false;
      this.#open.push(character === '{' ? '}' : ']');
      return this.#advance(character === '{' ? 'name or }' : 'value or ]');
    }
    if (character === '}' || character === ']') {
      if (!expectation.endsWith(` or ${character}`)) return false;
      this.#open.pop();
      return this.#advance(this.#afterValue());
    }
    if (character === ',') {
      if (expectation !== ', or }' && expectation !== ', or ]') return false;
      return this.#advance(expectation === ', or }' ? 'name' : 'value');
    }
    if (character === ':') return expectation === ':' && this.#advance('value');
    if (!this.#takesValue() || !this.#skip(LITERAL)) return false;
    this.#expectation = this.#afterValue();
    return true;
  }

  #takesValue(): boolean {
    return this.#expectation === 'value' || this.#expectation === 'value or ]';
  }

  #afterValue(): Expectation {
    const closing = this.#open.at(-1);
    if (closing === undefined) return 'end';
    return closing === '}' ? ', or }' : ', or ]';
  }

  #advance(next: Expectation): true {
    this.position++;
    this.#expectation = next;
    return true;
  }

  /** Moves over a string that starts at `position`. */
  #string(next: Expectation): boolean {
    this.position++;
    for (;;) {
      SPECIAL.lastIndex = this.position;
      const special = SPECIAL.exec(this.#text);
      this.position = special?.index ?? this.#text.length;
      if (special?.[0] === '"') return this.#advance(next);
      if (special?.[0] !== '\\') this.#stringFault = 'the closing " of a string';
      else if (!this.#skip(ESCAPE)) this.#stringFault = 'an escape such as \\n or \\u00e9';
      if (this.#stringFault !== undefined) return false;
    }
  }

  /** Moves over what the pattern matches here. @returns whether it matched. */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.position;
    const matches = pattern.test(this.#text);
    if (matches) this.position = pattern.lastIndex;
    return matches;
  }
}

function describe(expectation: Expectation): string {
  return expectation === 'end' ? 'nothing more' : expectation;
}
