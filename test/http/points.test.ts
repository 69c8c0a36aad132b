import { describe, expect, it } from 'vitest';
import { parseCsv } from '../check/formats/parse-csv.ts';
import { elementsNamed, parseXml } from '../check/formats/parse-xml.ts';
import { writtenFile } from '../fixtures/written-files.ts';
import { startRunningService } from './running-service.ts';

const model = { format: 'expression', cost: 'sum(W**2) / 2 + b' };
const point = (w: number, error = 0) => ({
  parameters: { W: [w, 2 * w, -w], b: 1 },
  gradients: { W: [w, 2 * w + error, -w], b: 1 },
});
/** Right at the first and the last point, wrong in W[1] at the second. */
const document = {
  name: 'moments',
  model,
  points: [point(1), { ...point(2, 0.5), name: 'epoch 3' }, point(3)],
};

/** Of three points of so many components, so that numbers are stored as tensors and not in the job's own row. */
function large(size: number) {
  const values = (at: number) => Array.from({ length: size }, (_, i) => Math.sin(i + at));
  const points = [1, 2, 3].map((at) => {
    const W = values(at);
    return {
      parameters: { W, b: at },
      gradients: { W: W.map((value, i) => (i === at ? value + 1 : value)), b: 1 },
    };
  });
  return { model, points };
}

describe('a job of several points over HTTP', () => {
  it('is answered with a report of each, and lists the components of the one asked for', async () => {
    const { runJob, get } = await startRunningService();
    const id = await runJob(document);
    const report = (await get(`/v1/jobs/${id}/report`)).json;
    expect(report).toMatchObject({
      verdict: 'fail',
      worstPoint: 2,
      components: { total: 12, failed: 1 },
      points: [
        { point: 1, verdict: 'pass' },
        {
          point: 2,
          name: 'epoch 3',
          verdict: 'fail',
          parameters: [{ name: 'W', verdict: 'fail' }, { name: 'b' }],
        },
        { point: 3, verdict: 'pass' },
      ],
    });
    const failing = (await get(`/v1/jobs/${id}/components?point=2&verdict=fail`)).json;
    expect(failing).toMatchObject({ components: [{ point: 2, parameter: 'W', index: [1], claimed: 4.5 }] });
    const page = await get(`/v1/jobs/${id}/components?point=3&limit=3&order=worst`);
    expect(page.headers.link).toContain('point=3');
    expect((await get(`/v1/jobs/${id}/components?point=3&verdict=fail`)).json).toMatchObject({
      components: [],
    });
  });

  it('has to be told which point is meant, and refuses others', async () => {
    const { runJob, get } = await startRunningService();
    const id = await runJob(document);
    const several = 'the job has 3 points: say which one, from 1 on';
    for (const path of ['components', 'numeric.npz', 'numeric.safetensors']) {
      const answer = await get(`/v1/jobs/${id}/${path}`);
      expect([answer.status, answer.json]).toMatchObject([
        422,
        { code: 'invalid-query', errors: [{ pointer: '/point', detail: several }] },
      ]);
      expect((await get(`/v1/jobs/${id}/${path}?point=4`)).text).toContain('the job has 3 points');
      expect((await get(`/v1/jobs/${id}/${path}?point=0`)).status).toBe(422);
    }
    const { points: _, ...shared } = document;
    const alone = await runJob({ ...shared, ...point(1) });
    expect((await get(`/v1/jobs/${alone}/components?point=1`)).status).toBe(200);
    expect((await get(`/v1/jobs/${alone}/components?point=2`)).text).toContain('the job has one point');
  });

  it.each([
    ['few', 5],
    ['many', 40_000],
  ])('gives the numeric gradient of a point as a file, of %s components', async (_, size) => {
    const { runJob, get } = await startRunningService();
    const { points } = large(size);
    const id = await runJob(large(size));
    for (const [i, { parameters, gradients }] of points.entries()) {
      const answer = await get(`/v1/jobs/${id}/numeric.safetensors?point=${i + 1}`);
      expect(answer.headers['content-disposition']).toContain(`numeric-${i + 1}.safetensors`);
      const { components } = Object(
        (await get(`/v1/jobs/${id}/components?point=${i + 1}&verdict=fail`)).json,
      );
      expect(components).toHaveLength(1);
      const [wrong] = components;
      expect([wrong.index, wrong.claimed]).toEqual([[i + 1], gradients.W[i + 1]]);
      expect(wrong.numeric).toBeCloseTo(parameters.W[i + 1], 4);
    }
    const tags = await Promise.all(
      [1, 2].map(async (at) => (await get(`/v1/jobs/${id}/numeric.npz?point=${at}`)).headers.etag),
    );
    expect(tags[0]).not.toBe(tags[1]);
  });

  it('is written as CSV with the point of each component, and as JUnit with a suite for each point', async () => {
    const { runJob, get } = await startRunningService();
    const id = await runJob(document);
    const [head, ...lines] = parseCsv((await get(`/v1/jobs/${id}/report`, { accept: 'text/csv' })).text);
    expect(head.slice(0, 2)).toEqual(['point', 'parameter']);
    expect(lines.map(([at, parameter, component]) => `${at} ${parameter} ${component}`)).toEqual(
      [1, 2, 3].flatMap((at) => [`${at} W 0`, `${at} W 1`, `${at} W 2`, `${at} b 3`]),
    );
    const verdict = head.indexOf('verdict');
    expect(lines.flatMap((line, i) => (line[verdict] === 'fail' ? [i] : []))).toEqual([5]);

    const root = parseXml((await get(`/v1/jobs/${id}/report`, { accept: 'application/xml' })).text);
    const suites = elementsNamed(root, 'testsuite').map(({ attributes }) => [
      attributes.name,
      attributes.failures,
    ]);
    expect(suites).toEqual([
      ['moments, point 1', '0'],
      ['moments, point 2 (epoch 3)', '1'],
      ['moments, point 3', '0'],
    ]);
    const markdown = (await get(`/v1/jobs/${id}/report`, { accept: 'text/markdown' })).text;
    expect(markdown).toMatch(/\| point 2 \(epoch 3\) \| ❌ fail \| /);
    expect(markdown).toContain('At point 2 (epoch 3), the worst:');
    expect(markdown).toContain('`W[1]`');
  });

  it('has the methods that are compared at each point', async () => {
    const { runJob, get } = await startRunningService();
    const id = await runJob({ ...document, check: { compareMethods: ['forward', 'complex-step'] } });
    expect((await get(`/v1/jobs/${id}/report`)).json).toMatchObject({
      points: [1, 2, 3].map((at) => ({
        point: at,
        compared: [{ method: 'forward' }, { method: 'complex-step' }],
      })),
    });
    const [head, ...lines] = parseCsv((await get(`/v1/jobs/${id}/report`, { accept: 'text/csv' })).text);
    const [exact, parameter] = [head.indexOf('complex-step'), head.indexOf('parameter')];
    const numeric = lines.filter((line) => line[parameter] === 'W').map((line) => Number(line[exact]));
    const expected = document.points.flatMap((each) => each.parameters.W);
    numeric.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 12);
    });
    expect(numeric).toHaveLength(expected.length);
  });

  it('tells the point of each parameter event', async () => {
    const { runJob, get } = await startRunningService();
    const id = await runJob(document);
    const { text } = await get(`/v1/jobs/${id}/events`, { 'last-event-id': '0' });
    const parameters = text
      .split('\n\n')
      .filter((frame) => frame.includes('event: parameter'))
      .map((frame) => JSON.parse(frame.slice(frame.indexOf('data: ') + 6)));
    expect(parameters.map(({ point: at, pointName, name }) => [at, pointName, name])).toEqual([
      [1, undefined, 'W'],
      [1, undefined, 'b'],
      [2, 'epoch 3', 'W'],
      [2, 'epoch 3', 'b'],
      [3, undefined, 'W'],
      [3, undefined, 'b'],
    ]);
  });

  it('comes in files, one of parameters and one of gradients for each point', async () => {
    const { send } = await startRunningService();
    const fileOf = (tensors: { W: number[]; b: number }) =>
      writtenFile('npz', { W: { shape: [3], values: tensors.W }, b: { shape: [], values: [tensors.b] } });
    const points = [point(1), point(2, 0.5)];
    const form = new FormData();
    form.append('job', JSON.stringify({ model, points: [{ name: 'a' }, { name: 'b', cost: 13 }] }));
    for (const { parameters, gradients } of points) {
      form.append('parameters', new Blob([Uint8Array.from(await fileOf(parameters))]), 'parameters.npz');
      form.append('gradients', new Blob([Uint8Array.from(await fileOf(gradients))]), 'gradients.npz');
    }
    const encoded = new Response(form);
    const answer = await send('POST', '/v1/jobs', {
      body: Buffer.from(await encoded.arrayBuffer()),
      headers: { 'content-type': encoded.headers.get('content-type') ?? '', prefer: 'wait=30' },
    });
    expect(answer.json).toMatchObject({
      report: {
        points: [
          { name: 'a', verdict: 'pass' },
          { name: 'b', cost: 13, verdict: 'fail' },
        ],
      },
    });
  });

  it('counts with all its points against the limits, and in the estimate', async () => {
    const { send } = await startRunningService({ MAX_COMPONENTS: '11' });
    const estimate = (await send('POST', '/v1/estimate', { body: document })).json;
    expect(estimate).toMatchObject({
      components: 12,
      exceeded: [{ setting: 'MAX_COMPONENTS', limit: 11, actual: 12 }],
    });
    const refused = await send('POST', '/v1/jobs', { body: document });
    expect([refused.status, refused.json]).toMatchObject([413, { code: 'too-many-components' }]);
    const fewer = { ...document, points: document.points.slice(0, 2) };
    expect((await send('POST', '/v1/jobs', { body: fewer })).status).toBe(202);
  });
});
