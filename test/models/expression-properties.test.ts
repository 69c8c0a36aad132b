import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build, costOf, counting } from './expression-cost.ts';

/** An arithmetic expression, with what it is and how it is written with no more brackets than Python needs. */
interface Formula {
  readonly text: string;
  readonly value: number;
  /** Python's: 1 sums, 2 products, 3 signs, 4 powers, 5 names and numbers. */
  readonly level: number;
}

const bracketed = (formula: Formula, least: number) =>
  formula.level < least ? `(${formula.text})` : formula.text;

const operators: Readonly<Record<string, { level: number; of: (a: number, b: number) => number }>> = {
  '+': { level: 1, of: (a, b) => a + b },
  '-': { level: 1, of: (a, b) => a - b },
  '*': { level: 2, of: (a, b) => a * b },
  '/': { level: 2, of: (a, b) => a / b },
  '**': { level: 4, of: (a, b) => a ** b },
};

function binary(operator: string, a: Formula, b: Formula): Formula {
  const { level, of } = operators[operator];
  // Left to right, but powers from right to left; the right side of a power may have a sign.
  const left = bracketed(a, level === 4 ? 5 : level);
  const right = bracketed(b, level === 4 ? 3 : level + 1);
  return { text: `${left} ${operator} ${right}`, value: of(a.value, b.value), level };
}

const variables: Readonly<Record<string, number>> = { a: 1.5, b: -2, c: 3, d: 0.25 };

const { formula } = fc.letrec<{ formula: Formula; leaf: Formula }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(...Object.entries(variables)).map(([text, value]) => ({ text, value, level: 5 })),
    fc.constantFrom('2', '0.5', '3.', '1e1').map((text) => ({ text, value: Number(text), level: 5 })),
  ),
  formula: fc.oneof(
    { maxDepth: 5 },
    tie('leaf'),
    tie('formula').map((x) => ({ text: `-${bracketed(x, 3)}`, value: -x.value, level: 3 })),
    fc
      .tuple(fc.constantFrom(...Object.keys(operators)), tie('formula'), tie('formula'))
      .map(([operator, a, b]) => binary(operator, a, b)),
  ),
}));

it('a formula written with no more brackets than Python needs has its value, to the last bit', () => {
  fc.assert(
    fc.property(formula, ({ text, value }) => {
      expect(costOf(`0.0 + (${text})`, variables)).toBe(0 + value);
    }),
    { numRuns: 500 },
  );
});

const data = { X: counting([2, 3]), Y: [1, 0, 1], y: [0, 2] };
const parameters = { W: counting([3, 2]), b: [0.5, -1], theta: 3 };

const valid = [
  'A1 = relu(W @ X + 1.); P = sigmoid(A1[0]); mean(-Y*log(P) - (1-Y)*log(1-P))',
  'S = X.T[:2] @ W.T\nL = -mean(log_softmax(S)[np.arange(2), y])\nL + 0.5*sum(W**2)/X.shape[1]',
  'Z = (X - X.mean(axis=0, keepdims=True)) / np.sqrt(X.var(axis=0) + 1e-5); sum(where(Z > 0, Z, 0.1*Z)) * theta',
  'm, n = X.shape; concatenate([ones((1, n)), X[:, ::-1]]).reshape(-1, 3)[..., None].sum() + norm(W) * b[0]',
  'M = (X > 2) & ~(X < 5); sum(array([theta, 2*theta])**2) + sum(M) + max(X) - logsumexp(X, axis=1).sum()',
];

/** The graph or the faults, whichever there is, of any text: and nothing else ever. */
function expectGraphOrFaults(cost: string): void {
  const { graph, faults } = build(cost, data, parameters);
  expect(graph === undefined).toBe(faults.length > 0);
  for (const { pointer, detail } of faults) {
    expect(pointer).toBe('/model/cost');
    expect(detail).toMatch(/^(line \d+, column \d+: .|and \d+ more faults)/);
  }
  if (graph !== undefined) expect(graph.nodes[graph.cost].shape).toEqual([]);
}

describe('whatever the text, there is a graph or there are faults', () => {
  it('the examples that are mutated below are valid', () => {
    for (const cost of valid) expect(build(cost, data, parameters).details).toEqual([]);
  });

  it('for arbitrary text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), expectGraphOrFaults), {
      numRuns: 500,
    });
  });

  it('for words of the language in any order', () => {
    const words =
      'X Y y W b theta np . , ; : = == < & | ~ ^ + - * / ** // % @ ( ) [ ] { } " \' \n # \\ 0 1 -1 2.5 1. None True ... ' +
      'sum mean exp where reshape concatenate stack eye arange range axis=0 axis=-1 keepdims=True lambda if else for in not and ' +
      'T shape size astype float int dot @ += := is def return import newaxis pi e take softmax logsumexp array clip';
    const word = fc.constantFrom(...words.split(' '));
    const soup = fc.array(word, { maxLength: 40 }).map((list) => list.join(' '));
    fc.assert(fc.property(soup, expectGraphOrFaults), { numRuns: 1500 });
  });

  it('for valid costs with pieces deleted, doubled, moved or replaced', () => {
    const edit = fc.record({
      kind: fc.constantFrom('delete', 'double', 'insert', 'replace'),
      at: fc.nat(1000),
      length: fc.integer({ min: 1, max: 12 }),
      from: fc.nat(1000),
      text: fc.constantFrom(
        '(',
        ')',
        '[',
        ']',
        ',',
        ':',
        '=',
        '0',
        '-',
        'X',
        '.T',
        ' ',
        '\n',
        ';',
        '@',
        'axis',
        '..',
        '"',
      ),
    });
    const mutant = fc
      .tuple(fc.constantFrom(...valid), fc.array(edit, { minLength: 1, maxLength: 4 }))
      .map(([cost, edits]) => edits.reduce(applyEdit, cost));
    fc.assert(fc.property(mutant, expectGraphOrFaults), { numRuns: 2000 });
  });

  it('for calls of well-formed arguments of every kind', () => {
    const argument = fc.constantFrom(
      'X',
      'y',
      'W',
      'b',
      'theta',
      '0',
      '-1',
      '2',
      '0.5',
      '1e300',
      '(2, 3)',
      '(1, 0)',
      '[X, X]',
      '[]',
      '()',
      'None',
      'True',
      '...',
      'float',
      'X > 2',
      'axis=0',
      'axis=-1',
      'axis=(0, 1)',
      'keepdims=True',
      'shape=(3, 2)',
      'X.shape',
      'inf',
      'nan',
      '[[1, 2], [3]]',
      'X[0]',
      'W.T',
      '-y',
    );
    const names = fc.constantFrom(
      ...(
        'sum mean max min var std norm softmax log_softmax logsumexp reshape transpose swapaxes squeeze expand_dims ravel ' +
        'broadcast_to len concatenate stack vstack hstack array where clip take take_along_axis zeros ones full eye arange ' +
        'astype float int prod matmul dot inner outer trace leaky_relu elu power maximum logical_and'
      ).split(' '),
    );
    const call = fc
      .tuple(names, fc.array(argument, { maxLength: 4 }))
      .map(([name, args]) => `sum(${name}(${args.join(', ')}) * 1.0)`);
    fc.assert(fc.property(call, expectGraphOrFaults), { numRuns: 3000 });
  });
});

interface Edit {
  readonly kind: string;
  readonly at: number;
  readonly length: number;
  readonly from: number;
  readonly text: string;
}

function applyEdit(cost: string, { kind, at, length, from, text }: Edit): string {
  const start = at % (cost.length + 1);
  const piece = cost.slice(from % (cost.length + 1)).slice(0, length);
  if (kind === 'insert') return cost.slice(0, start) + text + cost.slice(start);
  if (kind === 'double') return cost.slice(0, start) + piece + cost.slice(start);
  return cost.slice(0, start) + (kind === 'replace' ? text : '') + cost.slice(start + length);
}
