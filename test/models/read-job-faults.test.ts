import { describe, expect, it } from 'vitest';
import { readJob } from '../../src/models/read-job.ts';

function faultsOf(document: unknown) {
  const reading = readJob(document);
  if (reading.kind === 'job') throw new Error('the document has no fault');
  return reading.faults;
}

const good = {
  model: {
    format: 'layers',
    layout: 'features-first',
    layers: [{ type: 'dense', weights: 'W', bias: 'b' }],
    loss: { type: 'mse', target: 'Y' },
  },
  data: { X: [[1, 2]], Y: [3, 4] },
  parameters: { W: [[2]], b: [1] },
  gradients: { W: [[0]], b: [0] },
};

/** `[pointer, detail]` of each fault of the good document with some fields changed. */
function faultsWith(fields: object) {
  return faultsOf({ ...good, ...fields }).map(({ pointer, detail }) => [pointer, detail]);
}

describe('a faulty job document', () => {
  it.each([null, 3, 'text', [good], undefined])('that is %j is no object', (document) => {
    expect(faultsOf(document)).toHaveLength(1);
    expect(faultsOf(document)[0]).toMatchObject({
      pointer: '',
      detail: expect.stringContaining('a JSON object'),
    });
  });

  it('without its sections names each', () => {
    expect(faultsOf({}).map(({ pointer }) => pointer)).toEqual(['/model', '/parameters', '/gradients']);
  });

  it.each<[object, string, string]>([
    [{ gradients: { W: [[0]] } }, '/gradients/b', 'the gradient of parameter b is missing'],
    [
      { gradients: { W: [[0]], b: [0], w: 1 } },
      '/gradients/w',
      'there is no parameter "w"; did you mean "W"?',
    ],
    [{ gradients: { W: [0], b: [0] } }, '/gradients/W', 'has shape [1], but parameter W has shape [1,1]'],
    [{ gradients: [1] }, '/gradients', 'must be an object of named tensors, not an array of 1'],
    [
      { data: { X: [[1, 'NaN']], Y: [3, 4] } },
      '/data/X/0/1',
      'X[0,1] is NaN, but data and parameters must be finite',
    ],
    [
      { data: { X: { shape: [1, 2], values: [1, '-Infinity'] }, Y: [3, 4] } },
      '/data/X/values/1',
      'X[0,1] is -Infinity',
    ],
    [{ parameters: { W: [['Infinity']], b: [1] } }, '/parameters/W/0/0', 'W[0,0] is Infinity'],
    [{ data: { ...good.data, Z: 1 } }, '/data/Z', 'the model never reads Z'],
    [{ data: { ...good.data, b: [1] } }, '/data/b', '"b" is a parameter too'],
    [
      { data: { ...good.data, X: [[1, 2], [3]] } },
      '/data/X/1',
      'ragged: an array of 1 stands where the first one has 2',
    ],
    [{ points: [] }, '/points', 'must not be empty'],
    [{ gradient: {} }, '/gradient', 'unknown field "gradient"; did you mean "gradients"?'],
    [{ cost: 'high' }, '/cost', 'must be a finite number, not the string "high"'],
    [{ cost: Number.POSITIVE_INFINITY }, '/cost', 'must be a finite number, not Infinity'],
    [{ name: '' }, '/name', 'must not be empty'],
    [{ labels: { a: 1 } }, '/labels/a', 'must be a string, not 1'],
    [{ labels: { 'a:b': 'c' } }, '/labels/a:b', 'the name of a label has 1 to 100 characters and no colon'],
    [
      { labels: JSON.parse('{"__proto__":"x"}') },
      '/labels/__proto__',
      'a label cannot be called "__proto__"',
    ],
    [{ check: { epsilon: 0 } }, '/check/epsilon', 'must be more than 0, not 0'],
    [{ check: { epsilon: 'Auto' } }, '/check/epsilon', 'must be "auto" or a finite number greater than 0'],
    [
      { check: { method: 'centre' } },
      '/check/method',
      'must be "forward" or "backward" or "central" or "five-point" or "complex-step", not',
    ],
    [
      { check: { strategy: 'directional', method: 'forward' } },
      '/check/strategy',
      'directional takes the central method, not forward',
    ],
    [
      { check: { strategy: 'directional', components: { sample: 3 } } },
      '/check/strategy',
      'directional checks whole parameters, not a sample of components',
    ],
    [
      { check: { compareMethods: ['forward', 'richardson'] } },
      '/check/compareMethods/1',
      'must be "forward" or "backward" or "central" or "five-point" or "complex-step", not',
    ],
    [
      { check: { compareMethods: ['forward', 'central', 'forward'] } },
      '/check/compareMethods/2',
      'forward is listed twice',
    ],
    [{ check: { compareMethods: [] } }, '/check/compareMethods', 'must not be empty'],
    [{ check: { compareMethods: 'forward' } }, '/check/compareMethods', 'must be an array'],
    [{ check: { epsilno: 1 } }, '/check/epsilno', 'unknown field "epsilno"; did you mean "epsilon"?'],
    [{ check: { seed: 2 ** 32 } }, '/check/seed', 'must be at most 4294967295, not 4294967296'],
    [{ check: { seed: 0.5 } }, '/check/seed', 'must be a whole number, not 0.5'],
    [{ check: { tolerance: -1 } }, '/check/tolerance', 'must be at least 0, not -1'],
    [{ check: { components: 'some' } }, '/check/components', 'must be "all", { "sample": how many }'],
    [{ check: { components: { sample: 0 } } }, '/check/components/sample', 'must be at least 1, not 0'],
    [{ check: { components: { sample: 1, parameters: ['W'] } } }, '/check/components', 'must be "all"'],
    [
      { check: { components: { parameters: ['V'] } } },
      '/check/components/parameters/0',
      'there is no parameter "V"',
    ],
    [
      { check: { components: { parameters: ['W', 'W'] } } },
      '/check/components/parameters/1',
      '"W" is named twice',
    ],
    [{ check: { components: { only: ['V[0]'] } } }, '/check/components/only/0', 'there is no parameter "V"'],
    [
      { check: { components: { only: ['W[9,9]'] } } },
      '/check/components/only/0',
      '"W[9,9]" is no component of W: its shape is',
    ],
    [{ check: { components: { only: ['W'] } } }, '/check/components/only/0', '"W" is no component of W'],
    [
      { check: { components: { only: ['W[0,0]', 'W[0,0]'] } } },
      '/check/components/only/1',
      '"W[0,0]" is named twice',
    ],
    [{ check: 1 }, '/check', 'must be an object, not 1'],
    [
      { model: { ...good.model, format: 'wasm' } },
      '/model/format',
      'the format "wasm" is not built yet; the formats are layers, expression and onnx',
    ],
    [{ model: { format: 'onnx' } }, '/model', 'the ONNX file is missing: send it as the part `model`'],
    [
      { model: { ...good.model, format: 'layer' } },
      '/model/format',
      'there is no format "layer"; did you mean "layers"?',
    ],
    [{ model: 'layers' }, '/model', 'must be an object, not the string "layers"'],
  ])('%j is told once, at %s', (fields, pointer, detail) => {
    const faults = faultsWith(fields);
    expect(faults).toEqual([[pointer, expect.stringContaining(detail)]]);
  });

  it('needs at least one component, chosen ones too', () => {
    const empty = {
      parameters: { n: [] },
      gradients: { n: [] },
      model: { format: 'expression', cost: 'sum(n)' },
      data: {},
    };
    expect(faultsWith(empty).map(([pointer]) => pointer)).toEqual(['/parameters']);
    const chosen = { parameters: { ...good.parameters, n: [] }, gradients: { ...good.gradients, n: [] } };
    expect(faultsWith({ ...chosen, check: { components: { parameters: ['n'] } } })[0]).toEqual([
      '/check/components/parameters',
      'the parameters chosen have no component',
    ]);
  });

  it('may have at most 64 labels', () => {
    const labels = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`l${i}`, 'x']));
    expect(readJob({ ...good, labels: labels(64) }).kind).toBe('job');
    expect(faultsWith({ labels: labels(65) })).toEqual([['/labels', 'a job has at most 64 labels']]);
  });

  it('may hold only so many entries beside its tensors', () => {
    const names = new Array(10_001).fill(7);
    expect(faultsWith({ check: { components: { parameters: names } } })).toEqual([
      ['/check', 'has more than 10000 entries'],
    ]);
    expect(faultsWith({ model: { ...good.model, layers: names } })).toEqual([
      ['/model/layers', 'has 10001 entries, but may have 10000'],
    ]);
    expect(faultsWith({ model: { ...good.model, regularization: names } })).toEqual([
      ['/model/regularization', 'has 10001 entries, but may have 10000'],
    ]);
  });

  it('hears of a method listed twice beside one that there is not', () => {
    const faults = faultsWith({
      check: { compareMethods: ['forward', 'richardson', 'forward', 'richardson'] },
    });
    expect(faults.map(([pointer]) => pointer).sort()).toEqual(
      [1, 2, 3].map((place) => `/check/compareMethods/${place}`),
    );
  });

  it('escapes names in its pointers', () => {
    expect(faultsWith({ data: { ...good.data, 'a/b~c': [null] } }).map(([pointer]) => pointer)).toContain(
      '/data/a~1b~0c/0',
    );
  });

  it('hears of unread data also when its model has faults, unless the model may mean it', () => {
    const model = { ...good.model, layers: [{ type: 'dens', weights: 'Z' }] };
    expect(faultsWith({ model, data: { ...good.data, Z: 1, Q: 1 } }).map(([pointer]) => pointer)).toEqual([
      '/model/layers/0/type',
      '/data/Q',
    ]);
  });

  it('is refused quickly when it has hundreds of thousands of faults, and tells a thousand', () => {
    const gradients = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`g${i}`, 0]));
    const faults = faultsOf({
      ...good,
      gradients,
      unknown: 1,
      labels: gradients,
      data: { X: new Array(1e5).fill(null) },
    });
    expect(faults).toHaveLength(1001);
    expect(faults[1000]?.detail).toMatch(/^and \d+ more faults$/);
  });
});

describe('thirty faults and more of every kind', () => {
  const document = {
    nmae: 'misspelt',
    points: [],
    name: 7,
    cost: null,
    labels: { ok: 'yes', bad: 1, 'a:b': 'x' },
    check: {
      method: 'richardson',
      epsilon: -1,
      tolerance: 'small',
      strategy: 'along',
      seed: -1,
      compareMethods: true,
      verbose: true,
      components: { parameters: ['W1', 'nowhere'] },
    },
    model: {
      format: 'layers',
      layout: 'features-first',
      extra: 1,
      layers: [
        { type: 'dense', weights: 'W1', bias: 'b1', colour: 'red' },
        { type: 'dense', weights: 'W2', bias: 'b2' },
        { type: 'rleu' },
        { type: 'dropout' },
        { type: 'lstm' },
        { type: 'dense', weights: 'W3', bias: 'nobias' },
        'tanh',
      ],
      loss: { type: 'cross-entropy', target: 'Y', reduction: 'max' },
      regularization: [
        { type: 'l2', lambda: 1, parameters: ['W9'], scale: '1' },
        { type: 'l1', lambda: 1, parameters: ['W1'] },
      ],
    },
    data: {
      X: [
        [1, 2],
        [3, 'NaN'],
        [5, 6],
      ],
      Y: [0, 1],
      ragged: [[1], [2, 3]],
      nothing: null,
      overflow: [Number.POSITIVE_INFINITY],
      short: { shape: [2], values: [1] },
      spoilt: { shape: [1], dtype: 'float64', base64: '!' },
      W1: 1,
    },
    parameters: {
      W1: [
        [1, 1, 1],
        [1, 1, 1],
      ],
      b1: [[0], [0], [0]],
      W2: [[1, 1, 1]],
      b2: [0],
      W3: [[1]],
    },
    gradients: {
      W1: [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      b1: [[0], [0], [0]],
      b2: ['x'],
      W3: { shape: [-1], values: [] },
      w2: 1,
    },
  };

  it('are all heard at once, each at its place', () => {
    expect(
      faultsOf(document)
        .map(({ pointer }) => pointer)
        .sort(),
    ).toEqual(
      [
        '/nmae',
        '/points',
        '/name',
        '/cost',
        '/labels/bad',
        '/labels/a:b',
        '/check/method',
        '/check/epsilon',
        '/check/tolerance',
        '/check/strategy',
        '/check/seed',
        '/check/compareMethods',
        '/check/verbose',
        '/check/components/parameters/1',
        '/model/extra',
        '/model/layers/0/colour',
        '/model/layers/0/bias',
        '/model/layers/1/weights',
        '/model/layers/2/type',
        '/model/layers/3',
        '/model/layers/4/hiddenWeights',
        '/model/layers/4/inputWeights',
        '/model/layers/5/bias',
        '/model/layers/6',
        '/model/loss/reduction',
        '/model/regularization/0/parameters/0',
        '/model/regularization/1/scale',
        '/data/X/1/1',
        '/data/ragged/1',
        '/data/nothing',
        '/data/overflow/0',
        '/data/short/values',
        '/data/spoilt/base64',
        '/data/W1',
        '/data/ragged',
        '/data/nothing',
        '/data/overflow',
        '/data/short',
        '/data/spoilt',
        '/gradients/W1',
        '/gradients/W2',
        '/gradients/b2/0',
        '/gradients/W3/shape/0',
        '/gradients/w2',
      ].sort(),
    );
  });

  it('say in words what to mend', () => {
    for (const { detail } of faultsOf(document)) {
      expect(detail).not.toMatch(/Invalid input|undefined|\[object/);
      expect(detail.length).toBeGreaterThan(10);
    }
  });
});

describe('a strategy that does not fit is refused, not replaced', () => {
  const job = {
    model: { format: 'expression', cost: 'theta**2' },
    parameters: { theta: 1 },
    gradients: { theta: 2 },
  };
  it.each([
    [{ method: 'forward' }, 'node-perturbation takes the central method, not forward'],
    [{ method: 'complex-step' }, 'node-perturbation takes the central method, not complex-step'],
    [{ components: { sample: 1 } }, 'node-perturbation checks whole parameters, not a sample of components'],
    [{ components: { only: ['theta'] } }, 'node-perturbation checks whole parameters, not single components'],
  ])('node-perturbation with %j', (check, detail) => {
    const reading = readJob({ ...job, check: { ...check, strategy: 'node-perturbation' } });
    expect(reading).toEqual({ kind: 'faults', faults: [{ pointer: '/check/strategy', detail }] });
  });
});

describe('complex-step', () => {
  const absolute = {
    model: { format: 'expression', cost: 'sum(abs(X)) * sin(u) + \\\n  abs(exp(v)) + sum(abs(w * abs(X)))' },
    data: { X: [1, -1] },
    parameters: { u: 1, v: 2, w: [1, 2] },
    gradients: { u: 1, v: 2, w: [1, 2] },
  };
  const where = (check: object) => readJob({ ...absolute, check: { method: 'complex-step', ...check } });

  it('names each operation that has no complex arithmetic, where a checked parameter moves it', () => {
    const detail = (place: string) =>
      `${place}: complex-step has no complex arithmetic for abs; central takes it`;
    expect(where({})).toEqual({
      kind: 'faults',
      faults: ['line 2, column 3', 'line 2, column 21'].map((place) => ({
        pointer: '/check/method',
        detail: detail(place),
      })),
    });
    expect(where({ components: { parameters: ['v'] } })).toMatchObject({
      faults: [{ detail: detail('line 2, column 3') }],
    });
    expect(where({ components: { sample: 1 } })).toMatchObject({ kind: 'faults' });
    expect(where({ components: { parameters: ['u'] } }).kind).toBe('job');
    expect(where({ method: 'five-point' }).kind).toBe('job');
    const beside = where({ method: 'central', compareMethods: ['forward', 'complex-step'] });
    expect(beside).toEqual({
      kind: 'faults',
      faults: ['line 2, column 3', 'line 2, column 21'].map((place) => ({
        pointer: '/check/compareMethods/1',
        detail: detail(place),
      })),
    });
    expect(where({ method: 'central', compareMethods: ['forward', 'five-point'] }).kind).toBe('job');
  });

  it('names the layer or regulariser that the operation comes from', () => {
    const regularization = [{ type: 'l1', lambda: 0.1, parameters: ['W'], scale: '1' }];
    const model = { ...good.model, regularization };
    expect(faultsOf({ ...good, model, check: { method: 'complex-step' } })).toEqual([
      {
        pointer: '/check/method',
        detail: 'regularization[0] (l1): complex-step has no complex arithmetic for abs; central takes it',
      },
    ]);
  });
});

it('a model of so many operations and parameters that planning it would hold the service is refused', () => {
  const names = Array.from({ length: 300 }, (_, i) => `p${i}`);
  const terms = names.map((name) => `s=s+${name};`).join('');
  const cost = `s=0;${terms}${'s=sin(s);'.repeat(1000)}s`;
  const tensors = Object.fromEntries(names.map((name) => [name, 1]));
  const reading = readJob({ model: { format: 'expression', cost }, parameters: tensors, gradients: tensors });
  expect(reading).toMatchObject({ kind: 'faults', faults: [{ pointer: '/model' }] });
});
