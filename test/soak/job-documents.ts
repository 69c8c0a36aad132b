import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { seededRandom } from './seeded-random.ts';

export type Document = Readonly<Record<string, unknown>>;

const examples = [
  'theta-cubed',
  'three-layer-correct-expression',
  'three-layer-correct-layers',
  'three-layer-wrong-expression',
  'three-layer-wrong-layers',
  'two-layer-softmax-expression',
  'two-layer-softmax-layers',
] as const;

/** Every committed example. */
export function exampleDocuments(): Document[] {
  return examples.map(exampleDocument);
}

export function exampleDocument(name: (typeof examples)[number]): Document {
  const document: Document = JSON.parse(readFileSync(exampleFile(`${name}.json`), 'utf8'));
  return document;
}

/**
 * A network of tanh layers, `widths` from input to output, that is checked component by component. The claimed
 * gradients are 0, so that every component fails and the report is full.
 */
export function networkDocument(widths: readonly number[], examples: number, seed: number): Document {
  const random = seededRandom(seed);
  const matrix = (rows: number, columns: number) =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => 2 * random() - 1));
  const layers = widths.slice(1).map((width, i) => ({
    weights: `W${i + 1}`,
    bias: `b${i + 1}`,
    W: matrix(widths[i], width),
    b: matrix(1, width)[0],
  }));
  const parameters = layers.flatMap(({ weights, bias, W, b }) => [[weights, W] as const, [bias, b] as const]);
  return {
    model: {
      format: 'layers',
      input: 'X',
      layout: 'batch-first',
      layers: layers.flatMap(({ weights, bias }) => [{ type: 'dense', weights, bias }, { type: 'tanh' }]),
      loss: { type: 'mse', target: 'Y' },
    },
    data: { X: matrix(examples, widths[0]), Y: matrix(examples, widths[widths.length - 1]) },
    parameters: Object.fromEntries(parameters),
    gradients: Object.fromEntries(parameters.map(([name, values]) => [name, zeros(values)])),
    check: { strategy: 'weight-perturbation' },
  };
}

/** A cost of many small parameters, hence with many stored events, of about 8 KB each. */
export function manyParametersDocument(count: number): Document {
  const size = 20;
  const rows = 500;
  // Long names make long events, so that a reader who never reads is soon full.
  const names = Array.from({ length: count }, (_, i) => `p${i}_${'あ'.repeat(240)}`);
  const sums = names.map((name, i) => `s${i} = ${i === 0 ? '' : `s${i - 1} + `}${name}`);
  const vector = (of: (j: number) => number) => Array.from({ length: size }, (_, j) => of(j));
  return {
    model: { format: 'expression', cost: [...sums, `sum(tanh(X * s${count - 1}))`].join('\n') },
    data: { X: Array.from({ length: rows }, (_, i) => vector((j) => Math.sin(i * size + j + 1))) },
    parameters: Object.fromEntries(names.map((name, i) => [name, vector((j) => Math.cos(i + j))])),
    gradients: Object.fromEntries(names.map((name) => [name, vector(() => 0)])),
    check: { strategy: 'weight-perturbation' },
  };
}

function zeros(values: readonly number[] | readonly (readonly number[])[]): unknown {
  return values.map((value) => (typeof value === 'number' ? 0 : value.map(() => 0)));
}

function exampleFile(name: string): string {
  return fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
}
