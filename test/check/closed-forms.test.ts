import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { type CheckSettings, defaultSettings } from '../../src/check/settings.ts';
import { GraphBuilder } from '../../src/graph/graph-builder.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';

function cube(settings: Partial<CheckSettings>): CheckJob {
  const graph = new GraphBuilder();
  const theta = graph.parameter('theta', []);
  return {
    spec: {
      graph: graph.finish(graph.apply('power', [theta, graph.scalar(3)])),
      parameters: [{ name: 'theta', shape: [], offset: 0, size: 1, claimedDtype: 'float64' }],
      data: [],
      settings: { ...defaultSettings, ...settings },
      labels: {},
    },
    theta: Float64Array.of(1),
    claimed: Float64Array.of(3),
    data: [],
  };
}

describe('the numeric gradient of θ³ at 1 with step 0.01', () => {
  it.each([
    ['forward', 3.0301],
    ['backward', 2.9701],
    ['central', 3.0001],
    ['five-point', 3],
    ['complex-step', 2.9999],
  ] as const)('is that of the %s formula', async (method, expected) => {
    const report = await checkGradients(cube({ method, epsilon: 0.01 }));
    const numeric = report.parameters[0].worst[0].numeric;
    expect(Math.abs(Number(numeric) - expected)).toBeLessThan(1e-12);
    expect(report.cost).toBe(1);
  });
});

it('divides by the step really taken, so a linear cost has an exact numeric gradient', async () => {
  const graph = new GraphBuilder();
  const product = graph.apply('multiply', [graph.parameter('theta', []), graph.data('x', [])]);
  const report = await checkGradients({
    spec: {
      graph: graph.finish(product),
      parameters: [{ name: 'theta', shape: [], offset: 0, size: 1, claimedDtype: 'float64' }],
      data: [{ name: 'x', shape: [] }],
      settings: { ...defaultSettings, epsilon: 1e-7 },
      labels: {},
    },
    theta: Float64Array.of(4),
    claimed: Float64Array.of(2),
    data: [{ shape: [], dtype: 'float64', values: Float64Array.of(2) }],
  });
  expect(report.relativeDifference).toBe(0);
  expect(report.verdict).toBe('pass');
});
