import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonFault } from '../../src/models/document/json-fault.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('the place of a JSON fault', () => {
  it.each([
    ['', 1, 1, 'value'],
    ['{"a": }', 1, 7, 'value'],
    ['{"a" 1}', 1, 6, ':'],
    ['{a: 1}', 1, 2, 'name or }'],
    ['{"a": 1,}', 1, 9, 'name'],
    ['[1, 2', 1, 6, ', or ]'],
    ['[1,]', 1, 4, 'value'],
    ['{"a": 1]', 1, 8, ', or }'],
    ['{"a": 1}\n x', 2, 2, 'nothing more'],
    ['[01]', 1, 3, ', or ]'],
    ['[NaN]', 1, 2, 'value or ]'],
    ['{\n  "a": tru\n}', 2, 8, 'value'],
    ['["abc', 1, 6, 'the closing " of a string'],
    ['["a\tb"]', 1, 4, 'the closing " of a string'],
    ['["a\\x"]', 1, 4, 'an escape such as \\n or \\u00e9'],
  ])('of %j is line %i, column %i: expected %s', (text, line, column, expected) => {
    expect(findJsonFault(text)).toEqual({ line, column, expected });
  });

  it('agrees with JSON.parse on what is JSON', () => {
    const json = fc.json({ depthSize: 'medium' });
    const broken = fc
      .tuple(json, fc.nat(), fc.constantFrom('', '"', ',', '}', ']', '\\', '0', '\u0001', ' '))
      .map(([text, at, piece]) => {
        const position = at % (text.length + 1);
        return text.slice(0, position) + piece + text.slice(position + 1);
      });
    fc.assert(
      fc.property(fc.oneof(json, broken), (text) => {
        expect(findJsonFault(text) === undefined).toBe(isJson(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('is found in a document nested deeper than the stack', () => {
    const depth = 200_000;
    expect(findJsonFault('['.repeat(depth))).toEqual({ line: 1, column: depth + 1, expected: 'value or ]' });
  });
});
