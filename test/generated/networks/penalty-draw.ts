import type { Draft } from './draft.ts';

/** What a drawn regulariser adds to the gradient of each weight: l1·sign θ + l2·θ. */
export interface DrawnPenalty {
  readonly regularizer: Readonly<Record<string, unknown>>;
  readonly parameters: readonly string[];
  readonly l1: number;
  readonly l2: number;
}

const lambda = 0.3;

/** A penalty on all weights, in half of the networks. */
export function drawPenalty(draft: Draft): DrawnPenalty | undefined {
  const { draws, examples } = draft;
  const parameters = [...draft.parameters].flatMap(([name, { shape }]) => (shape.length > 1 ? [name] : []));
  if (parameters.length === 0 || draws.chance(0.5)) return undefined;
  const type = draws.oneOf(['l2', 'l2', 'l1', 'elastic'] as const);
  const [scale, factor] = draws.oneOf([
    ['1/(2m)', 1 / (2 * examples)],
    ['1/m', 1 / examples],
    ['1/2', 0.5],
    [0.2, 0.2],
  ] as const);
  const lambdas = type === 'elastic' ? { lambda1: lambda, lambda2: lambda } : { lambda };
  return {
    regularizer: { type, ...lambdas, parameters, scale },
    parameters,
    l1: type === 'l2' ? 0 : lambda * factor,
    l2: type === 'l1' ? 0 : 2 * lambda * factor,
  };
}
