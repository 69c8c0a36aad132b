import { type Faults, pointerTo } from '../errors/fault.ts';
import { describeJson, quote } from '../tensors/describe-json.ts';
import { entryPointer, readJsonTensor } from '../tensors/json-tensor.ts';
import { formatShape, type Tensor, unravel } from '../tensors/tensor.ts';
import type { NamedTensors } from './model-format.ts';
import { isObject } from './schema-faults.ts';

const longestName = 256;
const mostNonFiniteTold = 100;

/**
 * Reads a section of named tensors, in the document's order (which JSON's own reader changes for names that are whole
 * numbers: those come first). A tensor with a fault is in the map without a value.
 * @param file what was read from a file for the section: it comes behind what the document holds itself
 * @returns undefined when the section itself is missing or not an object.
 */
export function readNamedTensors(
  section: unknown,
  pointer: string,
  faults: Faults,
  file?: NamedTensors,
): NamedTensors | undefined {
  if (section === undefined && file !== undefined) {
    for (const name of file.keys()) checkName(name, pointer, faults);
    return file;
  }
  if (!isObject(section)) {
    const missing = section === undefined ? 'is missing: it ' : '';
    faults.add(
      pointer,
      `${missing}must be an object of named tensors${missing ? '' : `, not ${describeJson(section)}`}`,
    );
    return undefined;
  }
  const tensors = new Map<string, Tensor | undefined>();
  for (const [name, value] of Object.entries(section)) {
    const at = checkName(name, pointer, faults);
    tensors.set(name, readJsonTensor(value, at, faults));
  }
  for (const [name, tensor] of file ?? []) {
    const at = checkName(name, pointer, faults);
    if (tensors.has(name)) faults.add(at, `${quote(name)} is in the document and in the file`);
    else tensors.set(name, tensor);
  }
  return tensors;
}

/** @returns the tensor's pointer */
function checkName(name: string, pointer: string, faults: Faults): string {
  const at = pointerTo(pointer, name);
  if (name === '' || name.length > longestName) {
    faults.add(at, `the name of a tensor has 1 to ${longestName} characters`);
  }
  return at;
}

/** Adds a fault for every entry of a section that is NaN or infinite, where J must be computed from numbers. */
export function refuseNonFinite(
  tensors: NamedTensors,
  section: unknown,
  pointer: string,
  faults: Faults,
): void {
  const written = isObject(section) ? section : {};
  for (const [name, tensor] of tensors) {
    if (tensor === undefined) continue;
    const wrong = nonFiniteEntries(tensor.values);
    const at = pointerTo(pointer, name);
    for (const flat of wrong.slice(0, mostNonFiniteTold)) {
      const index = tensor.shape.length === 0 ? '' : formatShape(unravel(flat, tensor.shape));
      const place = entryPointer(written[name], at, tensor.shape, flat);
      faults.add(place, `${name}${index} is ${tensor.values[flat]}, but data and parameters must be finite`);
    }
    if (wrong.length > mostNonFiniteTold) {
      faults.add(at, `and ${wrong.length - mostNonFiniteTold} more entries of ${name} are not finite`);
    }
  }
}

function nonFiniteEntries(values: Float64Array): number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) found.push(i);
  return found;
}
