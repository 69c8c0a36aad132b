import { describe, expect, it } from 'vitest';
import { Faults } from '../../src/errors/fault.ts';
import { readTensorFile } from '../../src/tensors/files/tensor-file.ts';
import { TensorRoom } from '../../src/tensors/files/tensor-room.ts';
import { startRunningService } from './running-service.ts';
import { cubic, long, quadratic } from './sample-jobs.ts';

/** Fetches a file and reads it whole. */
async function fetchTensors(url: string) {
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  const faults = new Faults();
  const tensors = readTensorFile(new Uint8Array(await answer.arrayBuffer()), {
    pointer: '',
    faults,
    room: new TensorRoom(2 ** 30),
  });
  expect(faults.list).toEqual([]);
  return tensors;
}

describe.each(['numeric.safetensors', 'numeric.npz'])('GET /v1/jobs/:id/%s', (file) => {
  it('gives every parameter with its shape and the numbers that the components have', async () => {
    const { service, runJob, get } = await startRunningService();
    const id = await runJob({
      model: { format: 'expression', cost: 'sum(sin(A)) * s' },
      parameters: {
        A: [
          [1, 2, 3],
          [4, 5, 6],
        ],
        s: 2,
      },
      gradients: {
        A: [
          [0, 0, 0],
          [0, 0, 0],
        ],
        s: 0,
      },
    });
    const tensors = await fetchTensors(`${service.url}/v1/jobs/${id}/${file}`);
    const page = (await get(`/v1/jobs/${id}/components`)).text;
    const { components }: { components: { numeric: number }[] } = JSON.parse(page);
    expect([...tensors.keys()]).toEqual(['A', 's']);
    expect(tensors.get('A')).toMatchObject({ shape: [2, 3], dtype: 'float64' });
    expect(tensors.get('s')?.shape).toEqual([]);
    const values = ['A', 's'].flatMap((name) => [...(tensors.get(name)?.values ?? [])]);
    expect(values).toEqual(components.map(({ numeric }) => numeric));
    expect(values[0]).toBeCloseTo(2 * Math.cos(1), 8);
  });

  it('holds NaN where nothing was checked, over many blocks', async () => {
    const { service, runJob } = await startRunningService();
    const size = 100_000;
    const id = await runJob({ ...quadratic(size), check: { components: { sample: 10 } } });
    const tensors = await fetchTensors(`${service.url}/v1/jobs/${id}/${file}`);
    const values = ['u', 'v'].flatMap((name) => [...(tensors.get(name)?.values ?? [])]);
    expect(values).toHaveLength(2 * size);
    expect(values.filter((value) => !Number.isNaN(value))).toHaveLength(10);
  });

  it('never changes, which its ETag says', async () => {
    const { runJob, get } = await startRunningService();
    const path = `/v1/jobs/${await runJob(cubic)}/${file}`;
    const { headers } = await get(path);
    expect(headers['content-disposition']).toBe(`attachment; filename="${file}"`);
    const again = await get(path, { 'if-none-match': String(headers.etag) });
    expect(again).toMatchObject({ status: 304, text: '' });
  });

  it('is answered as a report is while there is none', async () => {
    const { submit, runJob, send, get } = await startRunningService();
    const running = await submit(long());
    expect(await get(`/v1/jobs/${running}/${file}`)).toMatchObject({
      status: 409,
      json: { code: 'report-not-ready' },
    });
    await send('POST', `/v1/jobs/${running}/cancel`);
    const failed = await runJob({ ...cubic, cost: 2 });
    expect(await get(`/v1/jobs/${failed}/${file}`)).toMatchObject({
      status: 409,
      json: { code: 'report-missing' },
    });
    expect(await get(`/v1/jobs/none/${file}`)).toMatchObject({ status: 404 });
  });
});

it('a name that safetensors keeps for itself is refused there, and not in npz', async () => {
  const { runJob, get } = await startRunningService();
  const id = await runJob({
    model: {
      format: 'layers',
      input: 'X',
      layout: 'batch-first',
      layers: [{ type: 'dense', weights: '__metadata__' }],
      loss: { type: 'mse', target: 'Y' },
    },
    data: { X: [[1]], Y: [[2]] },
    parameters: { __metadata__: [[1]] },
    gradients: { __metadata__: [[-2]] },
  });
  expect(await get(`/v1/jobs/${id}/numeric.safetensors`)).toMatchObject({
    status: 406,
    json: { code: 'not-acceptable' },
  });
  expect((await get(`/v1/jobs/${id}/numeric.npz`)).status).toBe(200);
});
