import type { Shape } from '../../../src/tensors/tensor.ts';
import { drawBranching } from './branching-network.ts';
import { drawConvolutional } from './convolutional-network.ts';
import { drawDense } from './dense-network.ts';
import type { Draft, LayoutName } from './draft.ts';
import { drawEmbedding } from './embedding-network.ts';
import { drawRecurrent } from './recurrent-network.ts';
import { drawTransformer } from './transformer-network.ts';

/** One kind of network. */
export interface Family {
  readonly name: string;
  readonly layout: LayoutName | 'either';

  /** Adds the layers, with the input and the parameters that they name, and returns the shape of what they give. */
  readonly draw: (draft: Draft) => Shape;
}

export const families: readonly Family[] = [
  { name: 'dense', layout: 'either', draw: drawDense },
  { name: 'branching', layout: 'either', draw: drawBranching },
  { name: 'convolutional', layout: 'batch-first', draw: drawConvolutional },
  { name: 'rnn', layout: 'batch-first', draw: drawRecurrent('rnn') },
  { name: 'lstm', layout: 'batch-first', draw: drawRecurrent('lstm') },
  { name: 'gru', layout: 'batch-first', draw: drawRecurrent('gru') },
  { name: 'transformer', layout: 'batch-first', draw: drawTransformer },
  { name: 'embedding', layout: 'batch-first', draw: drawEmbedding },
];
