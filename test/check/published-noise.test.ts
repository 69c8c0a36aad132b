import { describe, expect, it } from 'vitest';
import { formatReportTable } from '../../src/cli/report-table.ts';
import { readJob } from '../../src/models/read-job.ts';
import { fromJsonNumber } from '../../src/tensors/json-number.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';
import { threeLayerDocument } from '../models/published-case.ts';

/** What the published exercise printed for its right gradient, with this step: over its own tolerance of 1e-7. */
const PRINTED = 1.19e-7;
const STEP = 1e-7;

async function reportOn(variant: 'correct' | 'wrong', check: object) {
  const outcome = readJob({ ...threeLayerDocument(variant, { epsilon: 'auto' }), check });
  if (outcome.kind !== 'job') throw new Error(JSON.stringify(outcome.faults));
  return checkGradients(outcome.job);
}

const noiseWarning = ({ warnings }: Awaited<ReturnType<typeof reportOn>>) =>
  warnings.find(({ code }) => code === 'tolerance-below-noise')?.message;

describe.each([1e-7, 1e-6, 1e-5])('the published right gradient with the tolerance %d', (tolerance) => {
  it.each(['auto', STEP])('passes with the step %s', async (epsilon) => {
    const report = await reportOn('correct', { epsilon, tolerance });
    expect(report).toMatchObject({ verdict: 'pass', withinTolerance: true, components: { failed: 0 } });
  });
});

describe('the 1.19e-7 that the exercise printed', () => {
  it('is explained as noise in words, whether or not this run came to it', async () => {
    const report = await reportOn('correct', { epsilon: STEP, tolerance: 1e-7 });
    const byNoise = fromJsonNumber(report.noise.relativeDifference);
    expect(byNoise).toBeGreaterThan(PRINTED);
    expect(byNoise).toBeLessThan(20 * PRINTED);
    expect(report.noise.explanation).toBe(
      'rounding alone can move the relative difference of a right gradient by up to 1.3e-6 with the step 1e-7, ' +
        'which is over the tolerance 1e-7: differences up to 1.3e-6 are noise here, and the 7.55e-8 found proves nothing by itself',
    );
    expect(noiseWarning(report)).toBe(report.noise.explanation);
    expect(formatReportTable(report, { color: false })).toContain(`warning: ${report.noise.explanation} (`);
  });

  it('would not be, with automatic steps', async () => {
    const report = await reportOn('correct', { epsilon: 'auto', tolerance: 1e-7 });
    expect(fromJsonNumber(report.noise.relativeDifference)).toBeLessThan(1e-8);
    expect(report.noise.explanation).toMatch(/ with automatic steps, which is within the tolerance 1e-7$/);
    expect(noiseWarning(report)).toBeUndefined();
    expect(formatReportTable(report, { color: false })).toContain(`\n${report.noise.explanation}\n`);
  });

  it('is within noise no more where the tolerance is above it', async () => {
    expect(noiseWarning(await reportOn('correct', { epsilon: STEP, tolerance: 1e-5 }))).toBeUndefined();
  });

  it('excuses no wrong gradient', async () => {
    const report = await reportOn('wrong', { epsilon: STEP, tolerance: 1e-7 });
    expect(report).toMatchObject({ verdict: 'fail', components: { failed: 8 } });
    expect(report.noise.explanation).not.toContain('proves nothing');
  });
});
