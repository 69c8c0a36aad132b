import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJob } from '../../src/models/read-job.ts';
import { threeLayerCase, threeLayerDocument } from './published-case.ts';

function jobOf(document: unknown) {
  const reading = readJob(JSON.parse(JSON.stringify(document)));
  if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
  return reading.job;
}

const line = {
  model: {
    format: 'layers',
    layout: 'features-first',
    layers: [{ type: 'dense', weights: 'w' }],
    loss: { type: 'mse', target: 'Y' },
  },
  data: { X: [[1, 2]], Y: [3, 4] },
  parameters: { w: [[2]] },
  gradients: { w: [[0]] },
};

describe('a job read from its document', () => {
  it("lays θ out in the document's order", () => {
    const { spec, theta, claimed } = jobOf(threeLayerDocument('wrong'));
    expect(spec.parameters.map(({ name, shape, offset, size }) => [name, shape, offset, size])).toEqual([
      ['W1', [5, 4], 0, 20],
      ['b1', [5, 1], 20, 5],
      ['W2', [3, 5], 25, 15],
      ['b2', [3, 1], 40, 3],
      ['W3', [1, 3], 43, 3],
      ['b3', [1, 1], 46, 1],
    ]);
    expect([...theta]).toEqual(Object.values(threeLayerCase.parameters).flat(3));
    expect([...claimed]).toEqual(Object.values(threeLayerCase.gradients.wrong).flat(3));
    expect(spec.cost).toBe(2.407833389834357);
  });

  it("holds the data that the graph reads, in the graph's order", () => {
    const { spec, data } = jobOf({ ...line, data: { Y: [3, 4], X: [[1, 2]] } });
    expect(spec.data).toEqual([
      { name: 'X', shape: [1, 2] },
      { name: 'Y', shape: [2] },
    ]);
    expect(data.map(({ values }) => [...values])).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('has every default of the check filled in', () => {
    expect(jobOf(line).spec.settings).toEqual({
      method: 'central',
      epsilon: 'auto',
      tolerance: 1e-7,
      componentTolerance: 1e-6,
      strategy: 'auto',
      components: 'all',
      seed: 0,
    });
  });

  it('keeps the settings, the name and the labels it was sent with', () => {
    const check = { method: 'forward', epsilon: 0.01, components: { sample: 3 }, seed: 4294967295 };
    const { spec } = jobOf({ ...line, name: 'a line', labels: { branch: 'main' }, check });
    expect(spec.settings).toMatchObject(check);
    expect(spec).toMatchObject({ name: 'a line', labels: { branch: 'main' } });
  });

  it('knows which gradients came in float32', () => {
    const base64 = Buffer.from(Float32Array.of(1.5).buffer).toString('base64');
    const { spec, claimed } = jobOf({
      ...line,
      gradients: { w: { shape: [1, 1], dtype: 'float32', base64 } },
    });
    expect(spec.parameters[0]?.claimedDtype).toBe('float32');
    expect([...claimed]).toEqual([1.5]);
  });

  it('takes claimed gradients that are not finite: they are to be reported', () => {
    expect([...jobOf({ ...line, gradients: { w: [['NaN']] } }).claimed]).toEqual([Number.NaN]);
  });

  it('takes parameters that J does not read, and empty ones', () => {
    const { spec } = jobOf({
      ...line,
      parameters: { idle: 1, none: [], w: [[2]] },
      gradients: { none: [], idle: 0, w: [[0]] },
    });
    expect(spec.parameters.map(({ name, offset }) => [name, offset])).toEqual([
      ['idle', 0],
      ['none', 1],
      ['w', 1],
    ]);
  });

  it('takes names that objects have of themselves', () => {
    const text = JSON.stringify({
      ...line,
      model: { ...line.model, layers: [{ type: 'dense', weights: '__proto__', bias: 'constructor' }] },
    })
      .replaceAll('"parameters":{"w":[[2]]}', '"parameters":{"__proto__":[[2]],"constructor":[1]}')
      .replaceAll('"gradients":{"w":[[0]]}', '"gradients":{"__proto__":[[0]],"constructor":[0]}');
    const reading = readJob(JSON.parse(text));
    expect(reading.kind === 'job' && reading.job.spec.parameters.map(({ name }) => name)).toEqual([
      '__proto__',
      'constructor',
    ]);
  });

  it('needs no data for a cost of θ alone', () => {
    const { spec } = jobOf({
      model: { format: 'expression', cost: 'theta**3' },
      parameters: { theta: 1 },
      gradients: { theta: 3 },
    });
    expect(spec.data).toEqual([]);
  });

  it('takes options that a caller of the library leaves undefined', () => {
    const reading = readJob({
      ...line,
      name: undefined,
      cost: undefined,
      labels: undefined,
      check: { method: undefined },
    });
    expect(reading.kind === 'job' && reading.job.spec.settings.method).toBe('central');
  });
});

it('reading never throws, whatever the document', () => {
  const field = fc.constantFrom(
    'model',
    'data',
    'parameters',
    'gradients',
    'check',
    'labels',
    'cost',
    'format',
    'type',
    'W',
  );
  const document = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue(),
      fc.dictionary(field, tie('value')),
      fc.array(tie('value')),
    ),
  })).value;
  fc.assert(
    fc.property(document, (value) => {
      expect(readJob(value).kind).toBe('faults');
    }),
  );
});

it('reading a published document with any one value replaced never throws', () => {
  const paths: (string | number)[][] = [];
  const walk = (value: unknown, path: (string | number)[]) => {
    paths.push(path);
    if (typeof value === 'object' && value !== null)
      for (const [key, child] of Object.entries(value)) walk(child, [...path, key]);
  };
  const original = threeLayerDocument('wrong', { method: 'central', components: { parameters: ['W1'] } });
  walk(original, []);
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 2 }), (path, value) => {
      const document = JSON.parse(JSON.stringify(original));
      const last = path.at(-1);
      if (last === undefined) return;
      let at = document;
      for (const key of path.slice(0, -1)) at = at[key];
      at[last] = value;
      const reading = readJob(document);
      if (reading.kind === 'faults') expect(reading.faults.length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});
