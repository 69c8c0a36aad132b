import { formatShape } from '../tensors/tensor.ts';

/** A component of θ as sentences and commands write it: `W2[2,0]`; of a scalar, the name alone. */
export function componentName(parameter: string, index: readonly number[]): string {
  return `${parameter}${index.length === 0 ? '' : formatShape(index)}`;
}

/** Takes apart what `componentName` writes. A name that ends in brackets itself must be followed by an index. */
export function parseComponentName(text: string): {
  readonly parameter: string;
  readonly index: readonly number[];
} {
  const match = /^(.+)\[((?:0|[1-9]\d*)(?:,(?:0|[1-9]\d*))*)\]$/s.exec(text);
  if (match === null) return { parameter: text, index: [] };
  return { parameter: match[1], index: match[2].split(',').map(Number) };
}
