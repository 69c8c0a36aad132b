import { describe, expect, it } from 'vitest';
import { type WrittenModel, writeOnnx } from '../models/onnx-writer.ts';
import { startRunningService, temporaryFolder } from './running-service.ts';
import { uploadForm } from './upload-form.ts';

/** J = Σ(Wx)², so that dJ/dW = 2Wx·xᵀ. */
const written: WrittenModel = {
  opset: 17,
  nodes: [
    { operator: 'MatMul', inputs: ['W', 'x'], outputs: ['y'] },
    { operator: 'Mul', inputs: ['y', 'y'], outputs: ['squares'] },
    { operator: 'ReduceSum', inputs: ['squares'], outputs: ['J'], attributes: { keepdims: 0 } },
  ],
  initializers: { W: { shape: [2, 2], values: [1, 2, 3, 4] } },
  inputs: { x: [2] },
  outputs: ['J'],
};
const model = Buffer.from(writeOnnx(written));
const document = {
  model: { format: 'onnx' },
  data: { x: [1, -1] },
  gradients: {
    W: [
      [-2, 2],
      [-2, 2.5],
    ],
  },
};
const wrong = expect.objectContaining({ index: [1, 1], claimed: 2.5, verdict: 'fail' });
const wait = { prefer: 'wait=30' };

describe('POST /v1/jobs with an ONNX model', () => {
  it('checks the parameters that the file holds, and names the wrong component', async () => {
    const { send, get } = await startRunningService();
    const form = await uploadForm({ job: document, model });
    const answer = await send('POST', '/v1/jobs', { ...form, headers: { ...form.headers, ...wait } });
    expect(answer.status).toBe(200);
    const { json } = await get(`${answer.headers.location}/report`);
    expect(json).toMatchObject({
      verdict: 'fail',
      cost: 2,
      components: { failed: 1, passed: 3 },
      parameters: [{ name: 'W', worst: expect.arrayContaining([wrong]) }],
    });
  });

  it('takes the same file in base64 within the document', async () => {
    const { send, get } = await startRunningService();
    const base64 = { format: 'onnx', base64: model.toString('base64') };
    const answer = await send('POST', '/v1/jobs', { body: { ...document, model: base64 }, headers: wait });
    const { json } = await get(`${answer.headers.location}/report`);
    expect(json).toMatchObject({ verdict: 'fail', components: { failed: 1, passed: 3 } });
  });

  it('has the job after a start anew, without the file', async () => {
    const folder = await temporaryFolder();
    const before = await startRunningService({}, folder);
    const form = await uploadForm({ job: document, model });
    const { headers } = await before.send('POST', '/v1/jobs', form);
    await before.service.stop();
    const after = await startRunningService({}, folder);
    await expect
      .poll(async () => (await after.get(String(headers.location))).json, { timeout: 20_000 })
      .toMatchObject({ status: 'succeeded', verdict: 'fail' });
  });

  it('plans such a job without running it', async () => {
    const { send } = await startRunningService();
    const { status, json } = await send('POST', '/v1/estimate', await uploadForm({ job: document, model }));
    expect(status).toBe(200);
    expect(json).toMatchObject({ components: 4 });
  });

  it('says what is wrong with the file, at the model', async () => {
    const { send } = await startRunningService();
    const damaged = await send(
      'POST',
      '/v1/jobs',
      await uploadForm({ job: document, model: model.subarray(0, 40) }),
    );
    expect(damaged).toMatchObject({ status: 422, json: { errors: [{ pointer: '/model' }] } });
    const absent = await send('POST', '/v1/jobs', { body: document });
    expect(absent.json).toMatchObject({
      errors: [{ pointer: '/model', detail: expect.stringContaining('the ONNX file is missing') }],
    });
    const layers = { ...document, model: { format: 'expression', cost: 'sum(W * x)' } };
    const unasked = await send('POST', '/v1/jobs', await uploadForm({ job: layers, model }));
    expect(unasked.json).toMatchObject({
      errors: expect.arrayContaining([
        { pointer: '/model', detail: 'the format "expression" takes no model file' },
      ]),
    });
  });
});
