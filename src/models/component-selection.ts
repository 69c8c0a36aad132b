import { parseComponentName } from '../check/component-name.ts';
import type { ComponentSelection } from '../check/settings.ts';
import type { Faults } from '../errors/fault.ts';
import { quote } from '../tensors/describe-json.ts';
import { formatShape, type Shape } from '../tensors/tensor.ts';
import type { NamedTensors } from './model-format.ts';
import { didYouMean } from './nearest-name.ts';

/** The parameters and components that `check.components` names must be there, each named once. */
export function refuseUnknownSelection(
  selection: ComponentSelection,
  parameters: NamedTensors,
  faults: Faults,
): void {
  if (selection === 'all' || 'sample' in selection) return;
  if ('only' in selection) refuseUnknownComponents(selection.only, parameters, faults);
  else refuseUnknownParameters(selection.parameters, parameters, faults);
}

function refuseUnknownParameters(names: readonly string[], parameters: NamedTensors, faults: Faults): void {
  const at = '/check/components/parameters';
  const chosen = new Set<string>();
  names.forEach((name, i) => {
    if (!parameters.has(name)) addUnknown(name, `${at}/${i}`, parameters, faults);
    else if (chosen.has(name)) faults.add(`${at}/${i}`, `${quote(name)} is named twice`);
    chosen.add(name);
  });
  // A name that is unknown, or a tensor that could not be read, may have had components.
  if ([...chosen].every((name) => parameters.get(name)?.values.length === 0)) {
    faults.add(at, 'the parameters chosen have no component');
  }
}

function refuseUnknownComponents(names: readonly string[], parameters: NamedTensors, faults: Faults): void {
  const chosen = new Set<string>();
  names.forEach((name, i) => {
    const at = `/check/components/only/${i}`;
    const { parameter, index } = parseComponentName(name);
    const shape = parameters.get(parameter)?.shape;
    if (!parameters.has(parameter)) addUnknown(parameter, at, parameters, faults);
    else if (chosen.has(name)) faults.add(at, `${quote(name)} is named twice`);
    else if (shape !== undefined && !isIndexOf(shape, index)) {
      faults.add(at, `${quote(name)} is no component of ${parameter}: ${describeIndex(shape)}`);
    }
    chosen.add(name);
  });
}

function isIndexOf(shape: Shape, index: readonly number[]): boolean {
  return index.length === shape.length && index.every((at, axis) => at < shape[axis]);
}

function describeIndex(shape: Shape): string {
  return shape.length === 0
    ? 'it is a scalar, named without an index'
    : `its shape is ${formatShape(shape)}, and an index has a number for each axis, from 0 on`;
}

function addUnknown(name: string, at: string, parameters: NamedTensors, faults: Faults): void {
  faults.add(
    at,
    `there is no parameter ${quote(name)}${didYouMean(name, parameters.keys(), faults.list.length)}`,
  );
}
