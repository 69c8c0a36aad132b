import type { Shape } from '../tensor.ts';

/** What the header of an .npy file says, in NumPy's words. */
export interface NpyHeader {
  /** Such as `<f8`. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: Shape;
}

type Literal = string | boolean | readonly number[];

const STRING = /'([^'\\\n]*)'|"([^"\\\n]*)"/y;
const BOOLEAN = /True|False/y;
const TUPLE = /\(\s*(?:(\d{1,16})\s*,\s*)*(?:(\d{1,16})\s*)?\)/y;
const NUMBER = /\d+/g;
const SPACE = /[ \t\n]*/y;
const LIST = /\[/y;

/**
 * Reads the Python dictionary of an .npy header (NumPy Enhancement Proposal 1): exactly the keys `descr`,
 * `fortran_order` and `shape`, in any order, of literals and nothing else.
 * @returns what is wrong as a sentence, if anything is
 */
export function readNpyHeader(text: string): NpyHeader | string {
  const dictionary = new DictionaryReader(text).read();
  if (typeof dictionary === 'string') return dictionary;
  const descr = dictionary.get('descr');
  const fortranOrder = dictionary.get('fortran_order');
  const shape = dictionary.get('shape');
  if (dictionary.size !== 3) {
    return `its header has the keys ${[...dictionary.keys()].join(', ')}, not descr, fortran_order, shape`;
  }
  if (typeof descr !== 'string') return 'its header does not give descr as a string';
  if (typeof fortranOrder !== 'boolean') return 'its header does not give fortran_order as True or False';
  if (typeof shape !== 'object') return 'its header does not give shape as a tuple of whole numbers';
  return { descr, fortranOrder, shape };
}

class DictionaryReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): ReadonlyMap<string, Literal> | string {
    const members = new Map<string, Literal>();
    if (!this.#take('{')) return this.#fault('{');
    while (!this.#take('}')) {
      const key = this.#match(STRING);
      if (key === undefined) return this.#fault('a key in quotes or }');
      if (!this.#take(':')) return this.#fault(':');
      const value = this.#literal();
      if (value === undefined) {
        return this.#match(LIST) === undefined
          ? this.#fault('a string, True, False or a tuple of whole numbers')
          : 'structured dtypes are not supported: save one array for each field';
      }
      const name = unquoted(key);
      if (members.has(name)) return `its header has the key ${name} twice`;
      members.set(name, value);
      if (this.#take(',')) continue;
      if (!this.#take('}')) return this.#fault(', or }');
      break;
    }
    this.#match(SPACE);
    return this.#position === this.#text.length ? members : this.#fault('nothing more');
  }

  #literal(): Literal | undefined {
    const text = this.#match(STRING);
    if (text !== undefined) return unquoted(text);
    const boolean = this.#match(BOOLEAN);
    if (boolean !== undefined) return boolean === 'True';
    const tuple = this.#match(TUPLE);
    // In Python, (3) is a number.
    if (tuple === undefined || /^\(\s*\d+\s*\)$/.test(tuple)) return undefined;
    return Array.from(tuple.matchAll(NUMBER), ([length]) => Number(length));
  }

  #take(character: string): boolean {
    this.#match(SPACE);
    if (this.#text[this.#position] !== character) return false;
    this.#position++;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    SPACE.lastIndex = this.#position;
    SPACE.test(this.#text);
    pattern.lastIndex = SPACE.lastIndex;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#position = pattern.lastIndex;
    return match?.[0];
  }

  #fault(expected: string): string {
    return `its header is not as NumPy writes it: expected ${expected} at character ${this.#position}`;
  }
}

function unquoted(text: string): string {
  return text.slice(1, -1);
}
