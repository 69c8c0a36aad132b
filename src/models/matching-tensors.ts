import { type Faults, pointerTo } from '../errors/fault.ts';
import { quote } from '../tensors/describe-json.ts';
import { formatShape, sameShape } from '../tensors/tensor.ts';
import type { NamedTensors } from './model-format.ts';
import { didYouMean } from './nearest-name.ts';

/** How tensors that do not match others are spoken of. */
export interface MatchingWords {
  missing(name: string): string;
  /** What a tensor must have the shape of. */
  expected(name: string): string;
  unknown(quoted: string): string;
}

/** Tensors must have the names and shapes that are expected, all of them and no others. */
export function matchTensors(
  expected: NamedTensors,
  tensors: NamedTensors,
  pointer: string,
  words: MatchingWords,
  faults: Faults,
): void {
  for (const [name, like] of expected) {
    const at = pointerTo(pointer, name);
    const tensor = tensors.get(name);
    if (!tensors.has(name)) {
      faults.add(at, words.missing(name));
    } else if (like !== undefined && tensor !== undefined && !sameShape(like.shape, tensor.shape)) {
      const shapes = `has shape ${formatShape(tensor.shape)}, but ${words.expected(name)} has shape ${formatShape(like.shape)}`;
      faults.add(at, shapes);
    }
  }
  for (const name of tensors.keys()) {
    if (expected.has(name)) continue;
    const hint = didYouMean(name, expected.keys(), faults.list.length);
    faults.add(pointerTo(pointer, name), `${words.unknown(quote(name))}${hint}`);
  }
}
