import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../src/models/document/fingerprint.ts';

/** The same value with the members of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]) => [name, reversed(member)])
      .reverse(),
  );
}

/** As JSON has it: without −0. */
function written(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('the fingerprint of a document', () => {
  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(fingerprint(reversed(value))).toBe(fingerprint(value));
      }),
    );
  });

  it('differs when anything in the document does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 1 }), fc.jsonValue({ maxDepth: 1 }), (a, b) => {
        expect(fingerprint(a) === fingerprint(b)).toBe(isDeepStrictEqual(written(a), written(b)));
      }),
    );
    expect(fingerprint([1, 2])).not.toBe(fingerprint([12]));
    expect(fingerprint({ a: '1' })).not.toBe(fingerprint({ a: 1 }));
    expect(fingerprint([[1], 2])).not.toBe(fingerprint([1, [2]]));
  });

  it('is the SHA-256 of the canonical text, whatever its length', () => {
    // shasum of the texts {"a":[1,2],"b":"é"} and of [0,1,…,99999]
    expect(fingerprint({ b: 'é', a: [1, 2] })).toBe(
      'd902c5ef87c42c33059e8d7b7aa30485809a5c0ff84b8d0d285616d5b03f23ea',
    );
    expect(fingerprint(Array.from({ length: 100_000 }, (_, i) => i))).toBe(
      'ef440f29f9463eac65fda8b2e1214628852802516a2b06ae1a1b020743b78a20',
    );
  });
});
