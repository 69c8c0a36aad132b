import { type Faults, pointerTo } from '../errors/fault.ts';
import { describeJson, quote } from '../tensors/describe-json.ts';
import { expressionFormat } from './expression/expression-format.ts';
import { layersFormat } from './layers/layers-format.ts';
import type { ModelFormat } from './model-format.ts';
import { didYouMean } from './nearest-name.ts';
import { onnxFormat } from './onnx/onnx-format.ts';
import { isObject } from './schema-faults.ts';

/** Every way of writing a cost function. A new one is one line here. */
export const modelFormats: readonly ModelFormat[] = [layersFormat, expressionFormat, onnxFormat];

/** Formats that are designed but not built yet: refused by name. */
const planned = ['wasm'];

/** Finds the format that a model names. Anything else is a fault that says which there are. */
export function findFormat(model: unknown, pointer: string, faults: Faults): ModelFormat | undefined {
  const names = modelFormats.map(({ name }) => name);
  const choice = `the formats are ${listed(names)}`;
  if (!isObject(model)) {
    const what =
      model === undefined ? 'is missing: it must be' : `must be an object, not ${describeJson(model)}:`;
    faults.add(pointer, `${what} a model with its format; ${choice}`);
    return undefined;
  }
  const { format } = model;
  const found = modelFormats.find(({ name }) => name === format);
  if (found !== undefined) return found;
  const at = pointerTo(pointer, 'format');
  if (typeof format !== 'string') faults.add(at, `must be a string, not ${describeJson(format)}; ${choice}`);
  else if (planned.includes(format))
    faults.add(at, `the format ${quote(format)} is not built yet; ${choice}`);
  else faults.add(at, `there is no format ${quote(format)}${didYouMean(format, names) || ';'} ${choice}`);
  return undefined;
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
