import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { fingerprint } from '../../src/models/document/fingerprint.ts';
import { readJob } from '../../src/models/read-job.ts';
import type { JobFiles } from '../../src/models/tensor-files.ts';

const shared = { model: { format: 'expression', cost: 'sum(W**2) + b' } };
const point = (w: number, b: number) => ({
  parameters: { W: [w, 2 * w], b },
  gradients: { W: [2 * w, 4 * w], b: 1 },
});

function jobOf(document: unknown, files?: JobFiles): CheckJob {
  const reading = readJob(document, files);
  if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
  return reading.job;
}

function faultsOf(document: unknown, files?: JobFiles): Record<string, string> {
  const reading = readJob(document, files);
  const faults = reading.kind === 'faults' ? reading.faults : [];
  return Object.fromEntries(faults.map(({ pointer, detail }) => [pointer, detail]));
}

const jsonFile = (tensors: object) => Buffer.from(JSON.stringify(tensors));

describe('the points of a job document', () => {
  it("are those listed, behind the document's own where it has one", () => {
    const listed = jobOf({ ...shared, points: [point(1, 3), { ...point(2, 5), name: 'epoch 3', cost: 25 }] });
    expect([...listed.theta]).toEqual([1, 2, 3, 2, 4, 5]);
    expect([...listed.claimed]).toEqual([2, 4, 1, 4, 8, 1]);
    const claimedDtypes = ['float64', 'float64'];
    expect(listed.spec.points).toEqual([{ claimedDtypes }, { name: 'epoch 3', cost: 25, claimedDtypes }]);

    const beside = jobOf({ ...shared, ...point(1, 3), cost: 8, points: [point(2, 5)] });
    expect([...beside.theta]).toEqual([...listed.theta]);
    expect(beside.spec.points).toEqual([{ cost: 8, claimedDtypes }, { claimedDtypes }]);
    expect(beside.spec.cost).toBeUndefined();
  });

  it('are laid out in the order of the first, however the others are written', () => {
    const { parameters, gradients } = point(2, 5);
    const turned = { parameters: { b: parameters.b, W: parameters.W }, gradients: { b: 1, W: gradients.W } };
    expect([...jobOf({ ...shared, ...point(1, 3), points: [turned] }).theta]).toEqual([1, 2, 3, 2, 4, 5]);
  });

  it('are none where the document names none', () => {
    expect(jobOf({ ...shared, ...point(1, 3), cost: 8 }).spec).toMatchObject({ cost: 8 });
    expect(Object.keys(jobOf({ ...shared, ...point(1, 3) }).spec)).not.toContain('points');
  });

  it('have every fault told at its own place, all at once', () => {
    const document = {
      ...shared,
      points: [
        { parameters: { W: [1, 'x'], b: 3 }, gradients: { W: [1], b: 1 }, name: '' },
        { parameters: { W: [[1, 2]], c: 3 }, gradients: { W: [1, 2], b: [1], d: 1 }, cost: 'high', extra: 1 },
        7,
        { parameters: { W: ['NaN', 1], b: 1 } },
      ],
    };
    expect(faultsOf(document)).toEqual({
      '/points/0/name': 'must not be empty',
      '/points/0/parameters/W/1': expect.any(String),
      '/points/1/parameters/b': 'the parameter b is missing: every point has those of the first',
      '/points/1/parameters/c': 'there is no parameter "c" at the first point',
      '/points/1/gradients/b': 'has shape [1], but parameter b has shape []',
      '/points/1/gradients/d': expect.stringContaining('there is no parameter "d"'),
      '/points/1/cost': expect.stringContaining('must be a finite number'),
      '/points/1/extra': 'unknown field "extra"',
      '/points/2': 'must be an object, not 7',
      '/points/3/parameters/W/0': expect.stringContaining('W[0] is NaN'),
      '/points/3/gradients': 'is missing: it must be an object of named tensors',
    });
  });

  it('have the shapes of the first', () => {
    const other = { parameters: { W: [[1, 2]], b: 0 }, gradients: { W: [[1, 2]], b: 1 } };
    expect(faultsOf({ ...shared, ...point(1, 3), points: [other] })).toEqual({
      '/points/0/parameters/W': 'has shape [1,2], but W of the first point has shape [2]',
      '/points/0/gradients/W': 'has shape [1,2], but parameter W has shape [2]',
    });
  });

  it.each([
    ['as no array', { points: 3 }, '/points', 'must be an array, not 3'],
    ['without any', { points: [] }, '/points', 'must not be empty'],
    [
      'as too many',
      { points: new Array(1001).fill(point(2, 1)) },
      '/points',
      'has 1002 points; there may be 1000',
    ],
  ])('are refused as a whole %s', (_, fields, pointer, detail) => {
    const faults = faultsOf({ ...shared, ...point(1, 3), ...fields });
    expect(Object.keys(faults)).toEqual([pointer]);
    expect(faults[pointer]).toContain(detail);
  });

  it('have each its own cost: one of the document itself would be of none of them', () => {
    expect(faultsOf({ ...shared, cost: 3, points: [point(1, 3)] })).toEqual({
      '/cost': expect.stringContaining('each point has its own'),
    });
  });

  it('come by file as well: the k-th file is of the k-th point', () => {
    const [first, second] = [point(1, 3), point(2, 5)];
    const files = {
      parameters: [jsonFile(first.parameters), jsonFile(second.parameters)],
      gradients: [jsonFile(first.gradients), jsonFile(second.gradients)],
    };
    const written = jobOf({ ...shared, points: [first, second] });
    const implied = jobOf(shared, files);
    expect([...implied.theta, ...implied.claimed]).toEqual([...written.theta, ...written.claimed]);
    expect(implied.spec.points).toHaveLength(2);
    const named = jobOf({ ...shared, points: [{ name: 'a' }, { name: 'b' }] }, files);
    expect(named.spec.points?.map(({ name }) => name)).toEqual(['a', 'b']);
    expect([...named.theta]).toEqual([...written.theta]);
    const behindOwn = jobOf(
      { ...shared, ...first, points: [{ name: 'b' }] },
      {
        parameters: [jsonFile({}), files.parameters[1]],
        gradients: [jsonFile({}), files.gradients[1]],
      },
    );
    expect([...behindOwn.theta]).toEqual([...written.theta]);
  });

  it("have faults of their files told at the point's place", () => {
    const { parameters, gradients } = point(1, 3);
    const faults = faultsOf(shared, {
      parameters: [jsonFile(parameters), jsonFile({ W: [1, null], b: 1 })],
      gradients: [jsonFile(gradients)],
    });
    expect(Object.keys(faults)).toEqual(['/points/0/parameters/W/1', '/points/0/gradients']);
    const twice = faultsOf(
      { ...shared, points: [point(1, 3), point(2, 5)] },
      {
        parameters: [jsonFile({}), jsonFile({ b: 1 })],
      },
    );
    expect(twice).toEqual({ '/points/1/parameters/b': '"b" is in the document and in the file' });
  });

  it('share the room that there is for the tensors of files', () => {
    const { parameters, gradients } = point(1, 3);
    const files = {
      parameters: [jsonFile(parameters), jsonFile(parameters)],
      gradients: [jsonFile(gradients), jsonFile(gradients)],
    };
    expect(jobOf(shared, { ...files, maxTensorBytes: 4 * 24 }).spec.points).toHaveLength(2);
    expect(Object.keys(faultsOf(shared, { ...files, maxTensorBytes: 4 * 24 - 8 }))).toEqual([
      '/points/0/gradients/b',
    ]);
  });

  it('give the document another fingerprint when a file of one of them is another', () => {
    const [a, b] = [jsonFile(point(1, 3).parameters), jsonFile(point(2, 5).parameters)];
    const prints = [[a, b], [b, a], [a], [a, a]].map((parameters) => fingerprint(shared, { parameters }));
    expect(new Set(prints).size).toBe(4);
    expect(fingerprint(shared, { parameters: [a] })).toBe(fingerprint(shared, { parameters: a }));
  });
});
