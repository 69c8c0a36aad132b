import { readFileSync } from 'node:fs';
import type { JobDocument } from '../../src/models/job-document.ts';
import type { NamedJsonTensors } from './layers-cost.ts';

interface ThreeLayerCase {
  readonly data: NamedJsonTensors;
  readonly parameters: NamedJsonTensors;
  readonly cost: number;
  readonly gradients: { readonly wrong: NamedJsonTensors; readonly correct: NamedJsonTensors };
}

interface SoftmaxCase {
  readonly data: { readonly X: number[][]; readonly y: number[] };
  readonly parameters: {
    readonly W1: number[][];
    readonly b1: number[];
    readonly W2: number[][];
    readonly b2: number[];
  };
  readonly regularization: number;
  readonly cost: number;
}

export const threeLayerCase: ThreeLayerCase = readCase('three-layer-network');
export const softmaxCase: SoftmaxCase = readCase('two-layer-softmax');

function readCase(name: string) {
  return JSON.parse(readFileSync(new URL(`../data/${name}.json`, import.meta.url), 'utf8'));
}

/** The course's exercise: 47 components, whose claimed gradient is wrong in W2 and b1, or correct. */
export function threeLayerDocument(
  gradients: 'wrong' | 'correct',
  check: JobDocument['check'] = {},
): JobDocument {
  return {
    model: {
      format: 'layers',
      layout: 'features-first',
      layers: [
        { type: 'dense', weights: 'W1', bias: 'b1' },
        { type: 'relu' },
        { type: 'dense', weights: 'W2', bias: 'b2' },
        { type: 'relu' },
        { type: 'dense', weights: 'W3', bias: 'b3' },
        { type: 'sigmoid' },
      ],
      loss: { type: 'binary-cross-entropy', target: 'Y' },
    },
    data: threeLayerCase.data,
    parameters: threeLayerCase.parameters,
    gradients: threeLayerCase.gradients[gradients],
    cost: threeLayerCase.cost,
    check,
  };
}
