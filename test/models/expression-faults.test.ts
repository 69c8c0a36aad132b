import { describe, expect, it } from 'vitest';
import { readJob } from '../../src/models/read-job.ts';
import { build, counting, faultsOf } from './expression-cost.ts';

const data = { X: counting([2, 3]), y: [0, 2], reg: 0.1 };
const parameters = { W: counting([3, 2]), b: [0.5, -1], theta: 3 };
const faults = (cost: string) => faultsOf(cost, data, parameters);

describe('a syntax error is told with its place and what stands there', () => {
  it.each([
    ['1 +', 'line 1, column 4: syntax error: something is missing after "+"'],
    ['A = 1 +\nA', 'line 1, column 8: syntax error: something is missing after "+"'],
    ['2theta', 'line 1, column 2: syntax error at "theta" after "2"'],
    ['b = = 3', 'line 1, column 5: syntax error at "=" after "="'],
    ['sum(X,,y)', 'line 1, column 7: syntax error at "," after ","'],
    ['theta && 1', 'line 1, column 8: syntax error at "&" after "&"'],
    ['"abc', 'line 1, column 5: syntax error: something is missing after "abc"'],
    ['X[1:2:3:4]', 'line 1, column 8: syntax error at ":" after "3"'],
    ['sum(\n  X +\n)', 'line 3, column 1: syntax error at ")" after "+"'],
    ['(theta + 1', 'line 1, column 1: syntax error: `(` is never closed'],
    ['theta + 1)', 'line 1, column 10: syntax error: `)` closes nothing'],
    ['sum(X]', 'line 1, column 6: syntax error: `]` does not match `(` before it'],
    ['(theta # )', 'line 1, column 1: syntax error: `(` is never closed'],
    ['theta − 1', 'line 1, column 7: syntax error: write - for −'],
    ['theta²', 'line 1, column 1: `theta²`: "²" cannot be part of a name: write **2'],
    [
      '0.5*lambda*sum(W**2)',
      'line 1, column 5: syntax error at "lambda" after "*": `lambda` is a keyword of Python and cannot be a name',
    ],
    ['1__0', 'line 1, column 1: `1__0`: this is not a number'],
    ['010', 'line 1, column 1: `010`: a whole number cannot start with 0'],
    ['1e400', 'line 1, column 1: `1e400`: this is too large for a float64'],
  ])('%j', (cost, fault) => {
    expect(faults(cost)).toEqual([fault]);
  });

  it('one for each line that has one', () => {
    expect(faults('A = 1 +\nB = theta\nC = 2 2\nA + B + C').map((fault) => fault.slice(0, 16))).toEqual([
      'line 1, column 8',
      'line 3, column 7',
    ]);
  });

  it('a statement longer than the parser can take is told as such, and is taken in parts', () => {
    const terms = (count: number) => new Array(count).fill('theta').join(' + ');
    expect(faults(terms(600))[0]).toContain('too long');
    expect(faults(`mean((${terms(600)})**2)`)[0]).toContain('too long');
    const parts = `A = ${terms(200)}\nB = ${terms(200)}\nA + B`;
    expect(build(parts, data, parameters).graph).toBeDefined();
  });
});

describe('Python that is not supported is refused by name', () => {
  it.each([
    ['sum(lambda x: x)', '`lambda` is a keyword'],
    ['sum([x for x in y])', 'comprehensions are not supported'],
    ['sum(x for x in y)', 'comprehensions are not supported'],
    ['{i: 1 for i in y}', 'comprehensions are not supported'],
    ['{i for i in y}', 'comprehensions are not supported'],
    ['{1: 2}', 'dictionaries are not supported'],
    ['{1}', 'sets are not supported'],
    ['"theta"', 'strings are not supported'],
    ['"a" "b"', 'strings are not supported'],
    ['f"{theta}"', 'f-strings are not supported'],
    ['(a := 3)', '`:=` is not supported'],
    ['sum(a := 3)', '`:=` is not supported'],
    ['await theta', '`await` is not supported'],
    ['A = yield theta; A', '`yield` is not supported'],
    ['import os; theta', '`import` is not supported'],
    ['from os import path; theta', '`import` is not supported'],
    ['if theta: 3', '`if` is not supported: use where'],
    ['for i in y: theta', 'loops are not supported'],
    ['while theta: 3', 'loops are not supported'],
    ['def f(x): return x', '`def` is not supported'],
    ['class A: pass', '`class` is not supported'],
    ['with theta: 3', '`with` is not supported'],
    ['try:\n  3\nfinally:\n  4', '`try` is not supported'],
    ['return theta', '`return` is not supported'],
    ['del theta; 3', '`del` is not supported'],
    ['assert theta; 3', '`assert` is not supported'],
    ['raise theta; 3', '`raise` is not supported'],
    ['global theta; 3', 'are not supported'],
    ['pass; theta', '`pass` is not supported'],
    ['print theta', '`print` is not supported'],
    ['@theta\ndef f(): 3', 'a statement cannot start with `@`'],
    ['1 if theta else 2', 'use where(condition, a, b)'],
    ['theta and 1', '`and` is not supported'],
    ['theta or 1', '`or` is not supported'],
    ['not theta', '`not` is not supported'],
    ['theta in b', '`in` is not supported'],
    ['theta not in b', '`not in` is not supported'],
    ['theta is b', '`is` is not supported'],
    ['theta is not b', '`is not` is not supported'],
    ['theta <> 1', '`<>` is not supported: write !='],
    ['theta << 1', '`<<` is not supported'],
    ['theta >> 1', '`>>` is not supported'],
    ['0 < theta < 1', 'comparisons cannot be chained'],
    ['3j', 'complex numbers are not supported'],
    ['sum(*b)', 'unpacking with `*` is not supported'],
    ['sum(**b)', 'unpacking with `**` is not supported'],
    ['[*b]', 'unpacking with `*` is not supported'],
    ['A: int = 3; A', 'annotations are not supported'],
    ['X[0] = 1; theta', 'only names can be assigned to'],
    ['X.T = 1; theta', 'only names can be assigned to'],
    ['theta.__class__', 'unknown attribute "__class__"'],
    ['theta.__class__()', 'unknown method "__class__"'],
    ['__import__(3)', 'unknown function "__import__"'],
    ['np.random.rand(3)', 'unknown function "random.rand"'],
  ])('%s', (cost, reason) => {
    const found = faults(cost);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(reason);
  });
});

describe('a name that means nothing', () => {
  it.each([
    ['Thta + 1', 'line 1, column 1: unknown name "Thta"; did you mean "theta"?'],
    ['sigmid(theta)', 'line 1, column 1: `sigmid`: unknown function "sigmid"; did you mean "sigmoid"?'],
    [
      'np.linalg.nrm(X)',
      'line 1, column 1: `np.linalg.nrm`: unknown function "linalg.nrm"; did you mean "linalg.norm"?',
    ],
    ['X.summ()', 'line 1, column 3: `X.summ`: unknown method "summ"; did you mean "sum"?'],
    ['X.shap[0]', 'line 1, column 2: `X.shap`: unknown attribute "shap"; did you mean "shape"?'],
    ['X.exp()', 'line 1, column 3: `X.exp`: unknown method "exp": write exp(x)'],
    ['X.sum', 'line 1, column 2: `X.sum`: `.sum` is a method: write `.sum(…)`'],
    ['torch.exp(theta)', 'line 1, column 1: `torch.exp`: functions have no prefix but np: write exp(…)'],
    ['Wx.sum()', 'line 1, column 1: unknown name "Wx"'],
    ['exp + 1', 'line 1, column 1: exp is a function: write exp(…)'],
    ['theta(2)', 'line 1, column 1: `theta`: theta is not a function; to multiply write *'],
    ['2(theta)', 'line 1, column 1: `2(theta)`: only functions can be called; to multiply write *'],
    ['np.foo', 'line 1, column 1: unknown name "foo"'],
  ])('%s', (cost, fault) => {
    expect(faults(cost)).toEqual([fault]);
  });

  it('is told once, and each of several', () => {
    expect(
      faults('A = foo(P) + Q\nB = Q*A\nmean(bar(B)) + R.T').map((fault) => fault.replace(/.*: /, '')),
    ).toEqual([
      'unknown function "foo"',
      'unknown name "P"',
      'unknown name "Q"',
      'unknown function "bar"; did you mean "var"?',
      'unknown name "R"',
    ]);
  });

  it('is not told when a statement that was refused may have defined it', () => {
    expect(faults('n: int = 3\nn*theta')).toEqual([expect.stringContaining('annotations')]);
  });
});

describe('a shape that does not fit is told with the operation and the shapes', () => {
  it.each([
    ['sum(X @ X)', 'line 1, column 7: `X @ X`', '[2,3] and [2,3]'],
    ['sum(1 + X * b)', 'line 1, column 11: `X * b`', '[2,3] and [2]'],
    ['sum(1 + X + b)', 'line 1, column 11: `1 + X + b`', '[2,3] and [2]'],
    ['X @ 2', 'line 1, column 3: `X @ 2`', 'write *'],
    ['sum(maximum(X, b))', 'line 1, column 5: `maximum(X, b)`', '[2,3] and [2]'],
    ['sum(reshape(X, (4, 2)))', 'line 1, column 5', '[4,2] of [2,3]'],
    ['sum(X.reshape(4, -1))', 'line 1, column 15', '[2,3] cannot be laid out as [4,-1]'],
    ['sum(reshape(X, (-1, -1)))', 'line 1, column 16', 'except one -1'],
    ['sum(transpose(X, (0, 0)))', 'line 1, column 18', 'each axis of shape [2,3] once'],
    ['sum(concatenate([X, b]))', 'line 1, column 5', '[2,3] and [2]'],
    ['sum(X, axis=2)', 'line 1, column 8', '`axis` 2 is outside a tensor of 2 axes'],
    ['sum(X, axis=(0, 0))', 'line 1, column 8', 'names an axis twice'],
    ['sum(max(theta, 0))', 'line 1, column 16', 'maximum(a, b)'],
    ['sum(X[2])', 'line 1, column 6', 'the index 2 of axis 0 is outside its length 2'],
    ['sum(X[0, 0, 0])', 'line 1, column 6', '3 indices for shape [2,3]'],
    ['sum(X[:, 3:])', 'line 1, column 6', 'the slice of axis 1, of length 3, is empty'],
    ['sum(X[::0])', 'line 1, column 6', 'the step of a slice cannot be 0'],
    ['sum(X[0.5])', 'line 1, column 6', 'a whole number, not 0.5'],
    ['sum(X[..., ...])', 'line 1, column 6', 'only once'],
    ['m, n, k = X.shape; theta', 'line 1, column 1', 'a tuple of 2 cannot be assigned to 3 names'],
    ['sum([[1, 2], [3]]*theta)', 'line 1, column 18', 'ragged'],
    ['X*theta', 'line 1, column 1', 'the cost must be one number, not a tensor of shape [2,3]: reduce it'],
  ])('%s', (cost, place, reason) => {
    const found = faults(cost);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(place);
    expect(found[0]).toContain(reason);
  });
});

describe('an argument that does not fit is told with the signature', () => {
  it.each([
    ['sum(X, dim=0)', 'sum(x, axis=None, *, keepdims=False) has no argument `dim`; did you mean "axis"?'],
    ['sum(X, 0, True)', 'has no place for this argument'],
    ['where(theta > 0, theta)', 'where(condition, a, b) needs its argument `b`'],
    ['sum(X, x=X)', 'has its argument `x` twice'],
    ['sum(X, axis=0, axis=1)', 'has its argument `axis` twice'],
    ['sum(axis=1, X)', 'arguments without a name come before those with one'],
    ['sum(X, keepdims=1)', '`keepdims` must be True or False, not 1'],
    ['sum(X, axis=b)', 'is an axis of the first one'],
    ['sum(X, axis=0.5)', '`axis` must be a constant whole number, not 0.5'],
    ['exp(None)', '`x` cannot be None'],
    ['exp(...)', 'must be a tensor or a number, not ...'],
    ['X.reshape()', '`shape` is missing'],
    ['concatenate(X)', 'must be a list or tuple, not a tensor of shape [2,3]'],
    ['concatenate([])', 'nothing to join'],
    ['sum([theta, 1])', 'write array(…) around it'],
    ['leaky_relu(X, inf)', '`slope` must be finite'],
    ['arange(0, 1, 0)', 'has no end'],
    ['W.astype(int)', 'rounding to whole numbers is not supported'],
    ['X.astype(3)', '`dtype` must be float, int or bool'],
    ['norm(X, 1)', 'norm takes ord 1 or 2 along one axis'],
    ['trace(X)', 'a square matrix, not shape [2,3]'],
    ['A = 1; A <<= theta; A', '`<<` is not supported'],
    ['sum(X, constructor=1)', 'has no argument `constructor`'],
    ['theta // 2', '`//` works on constant numbers only'],
    ['theta % 2', '`%` works on constant numbers only'],
    ['2^theta', 'a power is written **'],
    ['(X > 1) & X', 'comparisons need parentheses around them'],
    ['~X', 'works on comparisons only'],
    ['-(X > 1)', 'write ~ or multiply it by 1.0'],
    ['(X > 1) - (X > 2)', 'write != or multiply one by 1.0'],
  ])('%s', (cost, reason) => {
    const found = faults(cost);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(reason);
  });
});

describe('the last statement', () => {
  it('must be the cost: an assignment is told how to mend it', () => {
    expect(faults('A = exp(theta)')).toEqual([
      'line 1, column 1: the last statement must be the cost, not an assignment: add `; A` if that is the cost',
    ]);
  });

  it('must be there', () => {
    for (const cost of ['', ' \n ', '# theta'])
      expect(faults(cost)).toEqual(['line 1, column 1: the cost is empty']);
  });

  it('is the only one whose value may be left unassigned, such as a line that was meant to go on', () => {
    expect(faults('A = X @ W\n  + b\nsum(A)')).toEqual([
      expect.stringMatching(/^line 2, column 3: the value of this/),
    ]);
  });
});

it('the names of parameters and data cannot be assigned to', () => {
  expect(faults('W = 3; y += 1; theta, k = 1, 2; k')).toEqual([
    'line 1, column 1: `W`: this name is a parameter of the job and cannot be assigned to',
    'line 1, column 8: `y`: this name is data of the job and cannot be assigned to',
    'line 1, column 16: `theta`: this name is a parameter of the job and cannot be assigned to',
  ]);
});

it('independent faults are told all at once, those that follow from others not', () => {
  const cost = 'A = X @ X\nB = relu(A) + b\nC = foo(W)\nD = sum(W, axis=7)\nsum(B) + mean(C*D) + E';
  expect(faults(cost).map((fault) => fault.split(':')[0])).toEqual([
    'line 1, column 7',
    'line 3, column 5',
    'line 4, column 12',
    'line 5, column 22',
  ]);
});

it('of very many faults the first hundred are told and the others counted', () => {
  const cost = Array.from({ length: 250 }, (_, i) => `q${i} + r${i}`).join('\n');
  const found = faults(cost);
  expect(found).toHaveLength(101);
  expect(found[100]).toMatch(/^and \d+ more faults in this expression$/);
});

describe('limits', () => {
  it.each([
    ['brackets', `${'('.repeat(300)}theta${')'.repeat(300)}`, 'nested deeper than 200'],
    ['signs', `${'-'.repeat(300)}theta`, 'nested deeper than 200'],
    ['powers', `${'theta**'.repeat(300)}theta`, 'nested deeper than 200'],
    ['attributes', `theta${'.T'.repeat(300)}`, 'nested deeper than 200'],
    ['unclosed brackets', '['.repeat(65_536), 'nested deeper than 200'],
    ['axes', `sum(theta[${'None,'.repeat(40)}])`, 'at most 32 axes'],
    ['lists that grow', `A = (1, 1)${'; A = A + A'.repeat(40)}; theta`, 'at most 65536 items'],
    ['lists that nest', `A = (1, 1)${'; A = (A,)'.repeat(40)}; theta`, 'nested at most 32 deep'],
    ['large results', 'sum(zeros((100000, 100000)))', 'larger than 67108864 entries'],
    ['large constants', 'sum(arange(10**9))', 'at most 1048576 entries'],
    [
      'many results',
      `A = ones((4096, 4096))${'; A = A.T'.repeat(40)}; sum(A)`,
      'larger than 67108864 entries',
    ],
    [
      'large stacks of matrices',
      'B = ones((10000, 1, 1, 1)); sum(B @ B.reshape(1, 10000, 1, 1))',
      'at most 1048576 stacked matrices',
    ],
  ])('%s are bounded', (_, cost, reason) => {
    expect(faults(cost)[0]).toContain(reason);
  });

  it('a cost longer than 65,536 characters is refused, whatever it says', () => {
    const { faults: found } = build('#'.repeat(65_537));
    expect(found).toEqual([
      { pointer: '/model/cost', detail: expect.stringContaining('at most 65536 characters') },
    ]);
  });
});

it('an unknown field of the model does not hide the faults of its cost', () => {
  const model = { format: 'expression', cost: 'theta + nope', costs: 'theta' };
  const result = readJob({ model, parameters: { theta: 1 }, gradients: { theta: 1 } });
  const pointers = result.kind === 'faults' ? result.faults.map(({ pointer }) => pointer) : [];
  expect(pointers).toEqual(['/model/costs', '/model/cost']);
});
