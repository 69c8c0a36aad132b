import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readJob } from '../../src/models/read-job.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';
import { build, costOf, counting, opsOf, tensorOf } from './expression-cost.ts';
import { softmaxCase, threeLayerCase } from './published-case.ts';

const threeLayers =
  'A1 = relu(W1 @ X + b1); A2 = relu(W2 @ A1 + b2); P = sigmoid(W3 @ A2 + b3); mean(-Y*log(P) - (1-Y)*log(1-P))';

describe('published costs', () => {
  it('the three-layer network has the published cost', () => {
    const cost = costOf(threeLayers, threeLayerCase.data, threeLayerCase.parameters);
    expect(Math.abs(cost - threeLayerCase.cost)).toBeLessThan(1e-13);
  });

  it.each([
    ['log-softmax and picked classes', '-mean(log_softmax(S)[np.arange(X.shape[0]), y])'],
    ['log-sum-exp', 'mean(logsumexp(S, axis=1) - S[range(len(y)), y])'],
    [
      'probabilities as the course writes them',
      'E = np.exp(S - S.max(axis=1, keepdims=True)); P = E / E.sum(axis=1, keepdims=True); -np.log(P[range(5), y]).sum() / 5',
    ],
    ['one-hot targets', '-sum(eye(3)[y] * log(softmax(S, axis=1))) / len(X)'],
  ])('the two-layer softmax network has the published cost with %s', (_, loss) => {
    const [last, ...before] = loss.split('; ').reverse();
    const cost = [
      'S = maximum(X @ W1 + b1, 0) @ W2 + b2',
      ...before.reverse(),
      `${last} + reg*sum(W1*W1) + reg*sum(W2*W2)`,
    ].join('\n');
    const data = { ...softmaxCase.data, reg: softmaxCase.regularization };
    expect(Math.abs(costOf(cost, data, softmaxCase.parameters) - softmaxCase.cost)).toBeLessThan(1e-10);
  });
});

describe('published closed forms', () => {
  const { cases } = JSON.parse(readFileSync(new URL('../data/closed-forms.json', import.meta.url), 'utf8'));

  const check = async (closedForm: Record<string, unknown>, settings: object) => {
    const { cost, data, parameters, gradient } = closedForm;
    const gradients = typeof gradient === 'number' ? { theta: gradient } : gradient;
    const read = readJob({
      model: { format: 'expression', cost },
      ...(data === undefined ? {} : { data }),
      parameters,
      gradients,
      check: settings,
    });
    if (read.kind === 'faults') throw new Error(JSON.stringify(read.faults));
    return checkGradients(read.job);
  };

  it.each(['forward', 'central'])('θ³ has the published %s difference', async (method) => {
    const [cube] = cases;
    const report = await check(cube, { method, epsilon: cube.epsilon });
    expect(Math.abs(Number(report.parameters[0].worst[0].numeric) - cube[method])).toBeLessThan(1e-12);
  });

  it('θ·x and the Rosenbrock function pass with the published gradients', async () => {
    const [, linear, rosenbrock] = cases;
    expect((await check(linear, { epsilon: linear.epsilon })).verdict).toBe('pass');
    const report = await check(rosenbrock, {});
    expect(report.verdict).toBe('pass');
    expect(Number(report.cost)).toBeCloseTo(rosenbrock.cost_value, 12);
  });

  it('relu at its kink is 0', () => {
    expect(costOf(cases[3].cost, {}, cases[3].parameters)).toBe(0);
  });
});

describe('statements', () => {
  it('are separated by semicolons and line breaks of any kind, with comments, blank lines and indentation', () => {
    const cost = '# area\r\n  a = 2 ; b = 3\r\r\n\n  c = (a *  # width\n  b)\n\tc + 1;';
    expect(costOf(cost)).toBe(7);
  });

  it('may assign a name again, several names at once, or the parts of a shape', () => {
    expect(costOf('a = 1; a = a + 1; a += 3; a *= 2; a')).toBe(10);
    expect(costOf('a = b = 4; a*b')).toBe(16);
    expect(
      costOf(
        'V = W; V @= W; V **= 2; sum(V)',
        {},
        {
          W: [
            [1, 1],
            [0, 1],
          ],
        },
      ),
    ).toBe(6);
    expect(costOf('m, n = X.shape; (k, l) = (m, n); 10*k + l', { X: counting([2, 3]) })).toBe(23);
  });

  it('a name that is assigned hides a constant of Python but no function', () => {
    expect(costOf('e = 2; sum = 3; sum(e)*sum')).toBe(6);
  });
});

describe('names', () => {
  it('mean parameters before data, and data before constants', () => {
    expect(costOf('x + pi', { x: 1, pi: 3 }, { x: 10 })).toBe(13);
    expect(costOf('e', {}, { e: 5 })).toBe(5);
    expect(costOf('np.pi + math.e')).toBe(Math.PI + Math.E);
  });

  it('may be Greek, and may have the dots that PyTorch gives them', () => {
    expect(costOf('θ**2 + fc1.weight.sum()', {}, { θ: 3, 'fc1.weight': [1, 2] })).toBe(12);
  });

  it('functions may have the prefix np, numpy or math', () => {
    expect(costOf('np.exp(0) + numpy.sum(X) + math.sqrt(4)', { X: [1, 2] })).toBe(6);
  });

  it('a tensor that could not be read has no fault of its own here, and none for what is made of it', () => {
    const { graph, details } = build('A = W @ x; mean(A.T[0] + unknown)', { x: [1] });
    expect(graph).toBeUndefined();
    expect(details).toEqual([
      'line 1, column 5: unknown name "W"',
      expect.stringContaining('unknown name "unknown"'),
    ]);
  });
});

describe('numbers', () => {
  it.each([
    ['2.', 2],
    ['.5', 0.5],
    ['1.e-3', 1e-3],
    ['1_000', 1000],
    ['0x1F', 31],
    ['1./4', 0.25],
    ['2.*3.', 6],
    ['7 // 2', 3],
    ['-7 // 2', -4],
    ['-7 % 3', 2],
    ['7 % -3', -2],
    ['(3 > 2) + (2 >= 2) + (1 == 2)', 2],
    ['True + True', 2],
  ])('%s is %d', (expression, value) => {
    expect(costOf(expression)).toBe(value);
  });

  it('are computed at once where they are constants, so that shapes can be written with them', () => {
    const X = counting([4, 6]);
    expect(tensorOf('X.reshape(len(X)//2, -1, X.shape[1] - 3)', { X }).shape).toEqual([2, 4, 3]);
    expect(tensorOf('zeros((X.ndim, int(X.size/6)))', { X }).shape).toEqual([2, 4]);
    expect(tensorOf('reshape(X, X.shape[:1] + (3, 2))', { X }).shape).toEqual([4, 3, 2]);
  });

  it('divided by zero give infinity or NaN, which are values and no faults', () => {
    expect(costOf('x/0', { x: 1 })).toBe(Number.POSITIVE_INFINITY);
    expect(costOf('1/0 - 1/0')).toBeNaN();
    expect(tensorOf('stack([divide(1, 0.0), divide(1, -0.0)])').values).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
  });
});

describe('precedence', () => {
  it.each([
    ['-2**2', -4],
    ['2**-1', 0.5],
    ['2**3**2', 512],
    ['-2**-2', -0.25],
    ['2*-3', -6],
    ['10-4-3', 3],
    ['16/4/2', 2],
    ['2+3*4', 14],
    ['8/2*4', 16],
    ['1 + 2 > 2', 1],
    ['--2', 2],
  ])('%s is %d, with numbers and with tensors', (expression, value) => {
    expect(costOf(`0 + ${expression}`)).toBe(value);
    const data = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`d${i}`, i]));
    expect(costOf(expression.replace(/\d+/g, 'd$&'), data)).toBe(value);
  });

  it('@ stands with *, from left to right', () => {
    const data = {
      a: [1, 2],
      B: [
        [1, 2],
        [3, 4],
      ],
      c: [5, 6],
    };
    expect(tensorOf('a * B @ c', data).values).toEqual([1 * 5 + 4 * 6, 3 * 5 + 8 * 6]);
    expect(tensorOf('a @ B * c', data).values).toEqual([7 * 5, 10 * 6]);
  });
});

describe('the graph', () => {
  it('keeps the order that was written: the mean stays outermost', () => {
    const { graph } = build(threeLayers, threeLayerCase.data, threeLayerCase.parameters);
    expect(graph && opsOf(graph).slice(-8)).toEqual([
      'log',
      'multiply',
      'subtract',
      'subtract',
      'log',
      'multiply',
      'subtract',
      'mean',
    ]);
  });

  it('says for each node where it was written', () => {
    const { graph } = build('A = exp(x)\n1 + A*x', {}, { x: 1 });
    const sources = graph?.nodes.flatMap((node) => ('source' in node ? [`${node.op}: ${node.source}`] : []));
    expect(sources).toEqual(['exp: line 1, column 5', 'multiply: line 2, column 6', 'add: line 2, column 3']);
  });

  it('a cost of one entry in whatever shape is a scalar', () => {
    const { graph } = build('w.T @ w', {}, { w: counting([3, 1]) });
    expect(graph?.nodes[graph.cost].shape).toEqual([]);
  });

  it('is the same for the same text', () => {
    const graphs = [1, 2].map(() => build(threeLayers, threeLayerCase.data, threeLayerCase.parameters).graph);
    expect(graphs[0]).toEqual(graphs[1]);
  });
});

it('a model with unknown or wrong fields is refused at those fields', () => {
  const faultsOfModel = (model: unknown) => {
    const read = readJob({ model, parameters: { x: 1 }, gradients: { x: 1 } });
    return read.kind === 'faults' ? read.faults.map(({ pointer }) => pointer) : [];
  };
  expect(faultsOfModel({ format: 'expression', cost: 'x', costs: 1 })).toEqual(['/model/costs']);
  expect(faultsOfModel({ format: 'expression', cost: 3 })).toEqual(['/model/cost']);
  expect(faultsOfModel({ format: 'expression' })).toEqual(['/model/cost']);
});
