import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseCsv } from '../check/formats/parse-csv.ts';
import { startRunningService } from './running-service.ts';
import { long, quadratic } from './sample-jobs.ts';

const compareMethods = ['forward', 'backward', 'central', 'five-point', 'complex-step'];

/** θ³ at 1. */
const cube = {
  name: 'theta cubed',
  model: { format: 'expression', cost: 'theta**3' },
  parameters: { theta: 1 },
  gradients: { theta: 3 },
  check: { epsilon: 0.01, componentTolerance: 1e-4, compareMethods },
};

const byMethodSchema = z.array(z.object({ method: z.string(), numeric: z.number() }));
const componentsSchema = z.array(z.object({ numeric: z.number(), compared: byMethodSchema }));
const answerSchema = z.object({
  report: z.object({
    verdict: z.string(),
    parameters: z.array(z.object({ worst: componentsSchema })),
  }),
});

function rounded(compared: z.output<typeof byMethodSchema>): Record<string, number> {
  return Object.fromEntries(compared.map(({ method, numeric }) => [method, Number(numeric.toFixed(12))]));
}

const expected = { forward: 3.0301, backward: 2.9701, central: 3.0001, 'five-point': 3, 'complex-step': 3 };

describe('a job with compareMethods', () => {
  it('has θ³ by every method side by side: in the report, in the list of components, as CSV and as Markdown', async () => {
    const { send, get } = await startRunningService();
    const answer = await send('POST', '/v1/jobs', { body: cube, headers: { prefer: 'wait=30' } });
    expect(answer.status).toBe(200);
    const { report } = answerSchema.parse(answer.json);
    expect(report.verdict).toBe('pass');
    expect(rounded(report.parameters[0].worst[0].compared)).toEqual(expected);

    const job = z.object({ job: z.object({ id: z.string() }) }).parse(answer.json).job.id;
    const page = z
      .object({ components: componentsSchema })
      .parse((await get(`/v1/jobs/${job}/components`)).json);
    expect(page.components[0].numeric).toBeCloseTo(3.0001, 12);
    expect(rounded(page.components[0].compared)).toEqual(expected);

    const csv = await get(`/v1/jobs/${job}/report`, { accept: 'text/csv' });
    const [head, line] = parseCsv(csv.text);
    const cells = compareMethods.map((method) => Number(line[head.indexOf(method)]).toFixed(12));
    expect(cells.map(Number)).toEqual(Object.values(expected));

    const markdown = await get(`/v1/jobs/${job}/report`, { accept: 'text/markdown' });
    expect(markdown.text).toMatch(/^\| forward \| 0\.00499 \| 0\.0301 \| 0\.01 \|$/m);
    expect(markdown.text).toMatch(/^\| complex-step \| 0\.00 \| 0\.00 \| 1e-20 \|$/m);
  });

  it('has the values of every component beside it, and the report, on one thread as on two', async () => {
    const body = {
      ...quadratic(10_000, new Map([[9_999, 1]])),
      check: { compareMethods: ['forward', 'five-point'] },
    };
    const reports: unknown[] = [];
    const lists: string[] = [];
    for (const THREADS of ['1', '2']) {
      const { runJob, get } = await startRunningService({ THREADS });
      const id = await runJob(body);
      const report = (await get(`/v1/jobs/${id}/report`)).json;
      reports.push(
        z
          .looseObject({ durationMs: z.number() })
          .transform(({ durationMs: _, ...rest }) => rest)
          .parse(report),
      );
      lists.push((await get(`/v1/jobs/${id}/report`, { accept: 'text/csv' })).text);
    }
    expect(reports[1]).toEqual(reports[0]);
    expect(lists[1]).toBe(lists[0]);
    const [head, ...lines] = parseCsv(lists[0]);
    expect(lines).toHaveLength(20_000);
    const farOff = lines.filter((line) =>
      ['forward', 'five-point'].some((method) => {
        const numeric = Number(line[head.indexOf('numeric')]);
        const error = Math.abs(Number(line[head.indexOf(method)]) - numeric);
        return !(error < 1e-4 * Math.max(1, Math.abs(numeric)));
      }),
    );
    expect(farOff).toEqual([]);
  });

  it('is refused where that is over the budget, with what it would take', async () => {
    const { send } = await startRunningService({ MAX_JOB_SECONDS: '1' });
    const alone = { ...long(60), check: { strategy: 'directional' } };
    expect((await send('POST', '/v1/estimate', { body: alone })).json).toMatchObject({ exceeded: [] });
    const body = { ...alone, check: { ...alone.check, compareMethods: ['five-point'] } };
    const refused = await send('POST', '/v1/jobs', { body });
    expect(refused).toMatchObject({ status: 413, json: { code: 'too-much-work' } });
    expect(refused.json).toMatchObject({
      detail: expect.stringMatching(
        /^MAX_JOB_SECONDS is 1 and this job has \S+; compareMethods takes about \S+ of these seconds and \d+ of \d+ evaluations$/,
      ),
    });
    const estimate = await send('POST', '/v1/estimate', { body });
    expect(estimate.json).toMatchObject({
      strategy: 'directional',
      compared: { evaluations: expect.any(Number), seconds: expect.any(Number) },
      exceeded: [{ setting: 'MAX_JOB_SECONDS' }],
    });
  });
});
