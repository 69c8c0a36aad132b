import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { writtenFile } from '../fixtures/written-files.ts';
import { projectRoot } from '../structure/import-graph.ts';
import { startRunningService } from './running-service.ts';
import { quadratic } from './sample-jobs.ts';
import { uploadForm } from './upload-form.ts';

const size = 50_000;
const { model, parameters, gradients } = quadratic(size, new Map([[3, 0.5]]));
/** Six components of 100,000: a moment's work. */
const check = { components: { sample: 6 } };

function fileOf(form: 'safetensors' | 'npz', tensors: Readonly<Record<string, readonly number[]>>) {
  const arrays = Object.entries(tensors).map(([name, values]) => [name, { shape: [values.length], values }]);
  return writtenFile(form, Object.fromEntries(arrays));
}

const fixture = (name: string) => readFileSync(join(projectRoot, 'test/fixtures/tensor-files', name));

describe('POST /v1/jobs with files', () => {
  it('checks what the files hold as if the document held it', async () => {
    const { send, get } = await startRunningService();
    const form = await uploadForm({
      job: { model, check },
      parameters: await fileOf('npz', parameters),
      gradients: await fileOf('safetensors', gradients),
    });
    const wait = { prefer: 'wait=30' };
    const uploaded = await send('POST', '/v1/jobs', { ...form, headers: { ...form.headers, ...wait } });
    expect(uploaded.status).toBe(200);
    const written = await send('POST', '/v1/jobs', {
      body: { model, check, parameters, gradients },
      headers: wait,
    });
    const reports = await Promise.all(
      [uploaded, written].map(async ({ headers }) => {
        const report = (await get(`${headers.location}/report`)).json;
        return { ...Object(report), durationMs: undefined };
      }),
    );
    expect(reports[0].components.checked).toBe(6);
    expect(reports[0]).toEqual(reports[1]);
  });

  it('adds the tensors of files to those of the document', async () => {
    const { send } = await startRunningService();
    const form = await uploadForm({
      job: {
        model: { format: 'expression', cost: 'sum(u * x) + sum(v * x)' },
        data: { x: [1, 2] },
        parameters: { u: [0, 0] },
        gradients: { v: [1, 2] },
      },
      parameters: await fileOf('safetensors', { v: [1, 1] }),
      gradients: await fileOf('npz', { u: [1, 2] }),
    });
    const answer = await send('POST', '/v1/jobs', {
      ...form,
      headers: { ...form.headers, prefer: 'wait=30' },
    });
    expect(answer.json).toMatchObject({ report: { verdict: 'pass', components: { checked: 4 } } });
  });

  it('takes the tensors of a part as JSON, each in any form that a document may have', async () => {
    const { send, get } = await startRunningService();
    const tensors = { parameters: { u: [1, 2], theta: 3 }, data: { x: { shape: [2], values: [1, 2] } } };
    const claimed = { gradients: { u: [1, 2], theta: 12 } };
    const model = { format: 'expression', cost: 'sum(u * x) + 2 * theta ** 2' };
    const form = await uploadForm({ job: { model }, ...tensors, ...claimed });
    const headers = { prefer: 'wait=30' };
    const uploaded = await send('POST', '/v1/jobs', { ...form, headers: { ...form.headers, ...headers } });
    const written = await send('POST', '/v1/jobs', { body: { model, ...tensors, ...claimed }, headers });
    expect(uploaded.json).toMatchObject({ report: { verdict: 'pass', components: { checked: 3 } } });
    const reports = await Promise.all(
      [uploaded, written].map(async (answer) => {
        const report = (await get(`${answer.headers.location}/report`)).json;
        return { ...Object(report), durationMs: undefined };
      }),
    );
    expect(reports[0]).toEqual(reports[1]);
  });

  it('refuses a part with more JSON than a document may have', async () => {
    const { send } = await startRunningService({ MAX_BODY_BYTES: '1000' });
    const form = await uploadForm({
      job: { model, gradients: { u: [1], v: [1] } },
      parameters: { u: new Array<number>(500).fill(1), v: [1] },
    });
    const answer = await send('POST', '/v1/jobs', form);
    expect(answer).toMatchObject({
      status: 422,
      json: {
        errors: expect.arrayContaining([
          {
            pointer: '/parameters',
            detail: expect.stringMatching(/bytes of JSON, more than 1000: save it as/),
          },
        ]),
      },
    });
  });

  it('takes the data from a file, and the whole body compressed', async () => {
    const { send } = await startRunningService();
    const { body, headers } = await uploadForm({
      job: {
        model: { format: 'expression', cost: 'sum(x) * theta' },
        parameters: { theta: 1 },
        gradients: { theta: 6 },
      },
      data: await fileOf('npz', { x: [1, 2, 3] }),
    });
    const answer = await send('POST', '/v1/jobs', {
      body: gzipSync(body),
      headers: { ...headers, 'content-encoding': 'gzip', prefer: 'wait=30' },
    });
    expect(answer.json).toMatchObject({ report: { verdict: 'pass' } });
  });

  it('plans such a job as well', async () => {
    const { send } = await startRunningService();
    const form = await uploadForm({
      job: { model },
      parameters: await fileOf('npz', parameters),
      gradients: await fileOf('npz', gradients),
    });
    const answer = await send('POST', '/v1/estimate', form);
    expect(answer).toMatchObject({ status: 200, json: { components: 2 * size } });
  });

  it('tells the faults of files and of the document together, and stores nothing', async () => {
    const { send, get } = await startRunningService();
    const form = await uploadForm({
      job: { model: { format: 'expression', cost: 'sum(u * x)' }, colour: 'red', parameters: { u: [1, 2] } },
      parameters: await fileOf('npz', { u: [1, 2] }),
      gradients: fixture('torch.safetensors'),
      data: fixture('object.npz'),
    });
    const answer = await send('POST', '/v1/jobs', form);
    expect(answer.status).toBe(422);
    const { errors }: { errors: { pointer: string; detail: string }[] } = JSON.parse(answer.text);
    const told = (pointer: string) =>
      errors.filter((error) => error.pointer === pointer).map(({ detail }) => detail);
    expect(told('/colour')[0]).toContain('unknown field');
    expect(told('/parameters/u')).toContain('"u" is in the document and in the file');
    expect(told('/gradients/bfloat16')[0]).toContain('no parameter');
    expect(told('/gradients/u')[0]).toContain('missing');
    expect(told('/data/bad')[0]).toContain('Python objects');
    expect((await get('/v1/jobs')).json).toEqual({ jobs: [], next: null });
  });

  it('says where a number of a file is not finite', async () => {
    const { send } = await startRunningService();
    const form = await uploadForm({
      job: {
        model: { format: 'expression', cost: 'sum(u * x)' },
        parameters: { u: [1, 2] },
        gradients: { u: [1, 2] },
      },
      data: await fileOf('npz', { x: [1, Number.NaN] }),
    });
    expect((await send('POST', '/v1/jobs', form)).json).toMatchObject({
      errors: [{ pointer: '/data/x', detail: 'x[1] is NaN, but data and parameters must be finite' }],
    });
  });

  it('refuses files that inflate beyond the limit for tensors', async () => {
    const { send } = await startRunningService({ MAX_TENSOR_BYTES: '100000' });
    const bomb = fixture('bomb.npz');
    const form = await uploadForm({ job: { model, parameters, gradients }, data: bomb });
    expect((await send('POST', '/v1/jobs', form)).json).toMatchObject({
      errors: expect.arrayContaining([
        {
          pointer: '/data',
          detail: expect.stringMatching(/^the file inflates to .* beyond the limit of 100000$/),
        },
      ]),
    });
  });

  it('refuses bodies over the limit, by its name', async () => {
    const { send } = await startRunningService({ MAX_UPLOAD_BYTES: '1000' });
    const form = await uploadForm({ job: { model }, data: Buffer.alloc(2000) });
    const answer = await send('POST', '/v1/jobs', form);
    expect(answer).toMatchObject({ status: 413, json: { code: 'body-too-large' } });
    expect(answer.text).toContain('MAX_UPLOAD_BYTES');
  });

  it('refuses parts that it does not know, that come twice, or that are missing', async () => {
    const { send } = await startRunningService();
    const form = await uploadForm({ weights: Buffer.from('x'), model: Buffer.from('x') });
    expect((await send('POST', '/v1/jobs', form)).json).toMatchObject({
      code: 'invalid-job',
      errors: [
        { detail: 'unknown part "weights": there may be job, model, parameters, gradients, data' },
        { detail: 'the part "job" with the job document is missing' },
      ],
    });
    const twice = ['{}', '{}'].map(
      (text) => `--b\r\nContent-Disposition: form-data; name="job"\r\n\r\n${text}\r\n`,
    );
    const answer = await send('POST', '/v1/jobs', {
      body: `${twice.join('')}--b--\r\n`,
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    });
    expect(answer.json).toMatchObject({ errors: [{ detail: 'the part "job" is there twice' }] });
  });

  it('says where a body is not multipart/form-data, and where its document is not JSON', async () => {
    const { send } = await startRunningService();
    const type = { 'content-type': 'multipart/form-data; boundary="b"' };
    const part = '--b\r\nContent-Disposition: form-data; name="job"\r\n\r\n{"model": ';
    for (const [body, headers, code, detail] of [
      ['{}', { 'content-type': 'multipart/form-data' }, 'malformed-request', 'needs a boundary'],
      ['{}', type, 'malformed-request', 'is not in the body'],
      [part, type, 'malformed-request', 'the part "job" is truncated'],
      ['--b\r\n\r\n\r\n{}\r\n--b--', type, 'malformed-request', 'no Content-Disposition'],
      ['--b?\r\n', type, 'malformed-request', 'at byte 3: expected the end of the line'],
      [`${part}\r\n--b--`, type, 'malformed-json', 'in the part "job": line 1, column 11: expected value'],
    ] as const) {
      const answer = await send('POST', '/v1/jobs', { body, headers });
      expect(answer).toMatchObject({ status: 400, json: { code, detail: expect.stringContaining(detail) } });
    }
  });

  it('takes the same key with the same files for the same job, and refuses it with other files', async () => {
    const { send } = await startRunningService();
    const submit = async (theta: number) => {
      const { body, headers } = await uploadForm({
        job: { model: { format: 'expression', cost: 'sum(theta**2)' }, gradients: { theta: [2] } },
        parameters: await fileOf('npz', { theta: [theta] }),
      });
      return send('POST', '/v1/jobs', { body, headers: { ...headers, 'idempotency-key': 'k' } });
    };
    const [first, again, other] = [await submit(1), await submit(1), await submit(2)];
    expect(first.status).toBe(202);
    expect(again.headers.location).toBe(first.headers.location);
    expect(other).toMatchObject({ status: 422, json: { code: 'idempotency-mismatch' } });
  });
});
