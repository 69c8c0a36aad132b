import { describe, expect, it } from 'vitest';
import { parseCsv } from '../check/formats/parse-csv.ts';
import { elementsNamed, parseXml } from '../check/formats/parse-xml.ts';
import { startRunningService } from './running-service.ts';
import { long, quadratic } from './sample-jobs.ts';

describe('GET /v1/jobs/{id}/report', () => {
  it('has the form that the client accepts, JSON where it does not say', async () => {
    const { runJob, get } = await startRunningService();
    const id = await runJob({ ...quadratic(4, new Map([[3, 0.5]])), name: 'four' });
    const report = (accept?: string) => get(`/v1/jobs/${id}/report`, accept === undefined ? {} : { accept });

    for (const accept of [undefined, '*/*', 'application/json', 'text/csv;q=0.1, application/json']) {
      const { headers, json } = await report(accept);
      expect(headers['content-type']).toMatch(/^application\/json/);
      expect(json).toMatchObject({ verdict: 'fail' });
    }
    const markdown = await report('text/markdown');
    expect(markdown.headers['content-type']).toBe('text/markdown; charset=utf-8');
    expect(markdown.text).toMatch(/^### ❌ Gradient check: fail – four\n/);

    for (const accept of ['application/xml', 'text/xml', 'text/*;q=0.1, application/xml']) {
      const { headers, text } = await report(accept);
      expect(headers['content-type']).toMatch(/xml; charset=utf-8$/);
      expect(elementsNamed(parseXml(text), 'failure')).toHaveLength(1);
    }
    const csv = await report('text/csv');
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    const [head, ...lines] = parseCsv(csv.text);
    const verdicts = lines.map((line) => line[head.indexOf('verdict')]);
    expect(verdicts).toHaveLength(8);
    expect(verdicts.filter((verdict) => verdict === 'fail')).toHaveLength(1);
  });

  it('refuses other forms, and names those there are', async () => {
    const { runJob, get } = await startRunningService();
    const id = await runJob(quadratic(4));
    const { status, headers, json } = await get(`/v1/jobs/${id}/report`, { accept: 'application/pdf' });
    expect(status).toBe(406);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(json).toMatchObject({
      code: 'not-acceptable',
      detail: expect.stringContaining('application/json, text/markdown, application/xml, text/xml, text/csv'),
    });
  });

  it('has a tag for each form, by which a client need not read it again', async () => {
    const { runJob, get } = await startRunningService();
    const id = await runJob(quadratic(4));
    const accepts = ['application/json', 'text/markdown', 'application/xml', 'text/csv'];
    const tags = new Set<string>();
    for (const accept of accepts) {
      const { headers } = await get(`/v1/jobs/${id}/report`, { accept });
      expect(headers.vary).toContain('accept');
      const tag = String(headers.etag);
      tags.add(tag);
      const again = await get(`/v1/jobs/${id}/report`, { accept, 'if-none-match': tag });
      expect(again).toMatchObject({ status: 304, text: '' });
      const other = accept === 'text/csv' ? 'application/json' : 'text/csv';
      const elsewhere = await get(`/v1/jobs/${id}/report`, { accept: other, 'if-none-match': tag });
      expect(elsewhere.status).toBe(200);
    }
    expect(tags.size).toBe(accepts.length);
  });

  it('lists a hundred thousand components, every one of them once and in order', async () => {
    const { runJob, get } = await startRunningService();
    const id = await runJob(quadratic(50_000, new Map([[49_999, 0.5]])));
    const { text } = await get(`/v1/jobs/${id}/report`, { accept: 'text/csv' });
    const [head, ...lines] = parseCsv(text);
    expect(lines).toHaveLength(100_000);
    expect(lines.every((line, i) => line[head.indexOf('component')] === String(i))).toBe(true);
    expect(lines.filter((line) => line[head.indexOf('verdict')] === 'fail')).toHaveLength(1);
  });

  it('has no form before the job has ended', async () => {
    const { submit, get } = await startRunningService();
    const id = await submit(long());
    const { status, json } = await get(`/v1/jobs/${id}/report`, { accept: 'text/csv' });
    expect(status).toBe(409);
    expect(json).toMatchObject({ status: 409 });
  });
});
