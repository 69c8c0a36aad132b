import type { Shape } from '../../../src/tensors/tensor.ts';
import type { Draft } from './draft.ts';

export type RecurrentType = 'rnn' | 'lstm' | 'gru';

const gates = { rnn: 1, lstm: 4, gru: 3 } as const;

/** A recurrent layer, one of each direction or two in a row, and a dense layer on what it gives. */
export const drawRecurrent =
  (type: RecurrentType) =>
  (draft: Draft): Shape => {
    const { draws, examples } = draft;
    const [time, features, hidden] = [draws.between(2, 3), draws.between(2, 3), draws.between(2, 3)];
    draft.input([examples, time, features]);
    const output = draws.oneOf(['sequence', 'last'] as const);
    const kind = draws.oneOf(['single', 'single', 'bidirectional', 'stacked'] as const);
    if (kind === 'stacked') recurrent(draft, type, features, hidden, { output: 'sequence' });
    if (kind === 'bidirectional') {
      recurrent(draft, type, features, hidden, { name: 'there', output });
      recurrent(draft, type, features, hidden, { name: 'back', output, direction: 'reverse', inputs: ['X'] });
      draft.add({ type: 'concat', inputs: ['there', 'back'] });
    } else {
      const direction = draws.oneOf(['forward', 'reverse'] as const);
      recurrent(draft, type, kind === 'stacked' ? hidden : features, hidden, { output, direction });
    }
    const outputs = draws.between(2, 3);
    draft.dense(kind === 'bidirectional' ? 2 * hidden : hidden, outputs);
    return output === 'last' ? [examples, outputs] : [examples, time, outputs];
  };

function recurrent(
  draft: Draft,
  type: RecurrentType,
  features: number,
  hidden: number,
  fields: Readonly<Record<string, unknown>>,
): void {
  const { draws } = draft;
  const rows = gates[type] * hidden;
  const hasBias = draws.chance(0.7);
  draft.add({
    type,
    inputWeights: draft.weight([rows, features], features),
    hiddenWeights: draft.weight([rows, hidden], hidden),
    ...(hasBias ? { inputBias: draft.bias([rows]), hiddenBias: draft.bias([rows]) } : {}),
    ...(draws.chance(0.3) ? { initialHidden: state(draft, hidden) } : {}),
    ...(type === 'lstm' && draws.chance(0.3) ? { initialCell: state(draft, hidden) } : {}),
    ...(type === 'rnn' ? { nonlinearity: draws.oneOf(['tanh', 'relu']) } : {}),
    ...fields,
  });
}

/** What the state is before the first step: data, or a parameter. */
function state(draft: Draft, hidden: number): string {
  const { draws, data } = draft;
  const shape = [draft.examples, hidden];
  if (draws.chance(0.5)) return draft.parameter('h', shape, 0.5);
  const name = `h${data.size}`;
  data.set(
    name,
    draws.nested(shape, () => 0.5 * draws.normal()),
  );
  return name;
}
