import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/check/report/report.ts';
import { readJob } from '../../../src/models/read-job.ts';
import { checkGradients } from '../../fixtures/on-kernels.ts';
import { threeLayerDocument } from '../../models/published-case.ts';

async function reportOf(document: unknown): Promise<Report> {
  const reading = readJob(document);
  if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
  return checkGradients(reading.job);
}

const parameterOf = (report: Report, name: string) =>
  report.parameters.find((parameter) => parameter.name === name);

describe.each([1e-7, 'auto'] as const)('the published three-layer case at a step of %s', (epsilon) => {
  it('is diagnosed: dW2 is doubled, db1 is 4 times too large, both facts', async () => {
    const report = await reportOf(threeLayerDocument('wrong', { epsilon }));
    expect(parameterOf(report, 'W2')?.diagnoses).toMatchObject([
      { cause: { kind: 'scaled', factor: 2, part: 'all' }, certainty: 'fact', explained: 1 },
    ]);
    expect(parameterOf(report, 'b1')?.diagnoses).toMatchObject([
      { cause: { kind: 'scaled', factor: 4, part: 'all' }, certainty: 'fact', explained: 1 },
    ]);
    expect(report.parameters.filter(({ diagnoses }) => diagnoses !== undefined)).toHaveLength(2);
  });

  it('says that what is passed back is right', async () => {
    const { diagnosis } = await reportOf(threeLayerDocument('wrong', { epsilon }));
    expect(diagnosis?.origin).toEqual({
      kind: 'local',
      layer: 'layers[2] (dense)',
      parameters: ['W2', 'b1'],
      right: ['b3', 'W3'],
      message:
        'What is passed back through the layers is right, as db2 and dW1 are: look at the lines that compute dW2 and db1.',
    });
    expect(diagnosis?.shared).toBeUndefined();
  });

  it('says where the failing components lie, and how to check each alone', async () => {
    const report = await reportOf(threeLayerDocument('wrong', { epsilon }));
    const W2 = parameterOf(report, 'W2');
    expect(W2?.failures?.[0]).toEqual({ axis: 0, slices: 3, failing: 1, worst: [{ index: 2, failed: 4 }] });
    const commands = W2?.worst.flatMap(({ reproduction }) => reproduction ?? []);
    expect(commands?.toSorted()).toEqual(
      [0, 1, 2, 3].map((column) => `gradcheck check job.json --component W2[2,${column}]`),
    );
  });
});

it('a correct gradient gets no diagnosis', async () => {
  const report = await reportOf(threeLayerDocument('correct', { epsilon: 'auto' }));
  expect(report.verdict).toBe('pass');
  expect(report.diagnosis).toBeUndefined();
  expect(report.parameters.some(({ diagnoses, failures }) => diagnoses ?? failures)).toBe(false);
});

it('a penalty that was forgotten is named, with one sentence for all weights', async () => {
  const right = threeLayerDocument('correct', { epsilon: 'auto' });
  const { cost: _, ...document } = right;
  const report = await reportOf({
    ...document,
    model: {
      ...document.model,
      regularization: [{ type: 'l2', lambda: 0.7, parameters: ['W1', 'W2', 'W3'], scale: '1/(2m)' }],
    },
  });
  const causes = report.parameters.flatMap(({ diagnoses = [] }) => diagnoses.map(({ cause }) => cause));
  // W3 has but three components; the penalty is known, so that its absence takes no fitted number.
  expect(causes).toMatchObject(
    Array.from({ length: 3 }, () => ({ kind: 'penalty', penalty: 'l2', mistake: 'missing', factor: 0 })),
  );
  expect(report.diagnosis?.shared).toMatchObject({ parameters: ['W1', 'W2', 'W3'] });
});
