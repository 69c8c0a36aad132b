import { sizeOf } from '../../tensors/tensor.ts';
import { Refusal } from './expression-faults.ts';
import { describeValue, type SequenceValue, type Value } from './value.ts';

const heaviest = 65_536;
const deepest = 32;

/** @throws Refusal when it would be too long or nested too deep. */
export function sequenceOf(items: readonly Value[], list: boolean): SequenceValue {
  let weight = 1;
  let depth = 1;
  for (const item of items) {
    weight += item.kind === 'sequence' ? item.weight : 1;
    if (item.kind === 'sequence') depth = Math.max(depth, item.depth + 1);
  }
  if (weight > heaviest) throw new Refusal(`a list or tuple may hold at most ${heaviest} items`);
  if (depth > deepest) throw new Refusal(`lists and tuples may be nested at most ${deepest} deep`);
  return { kind: 'sequence', list, items, weight, depth };
}

/** Whether every item, however deep, is a number or a truth value. */
export function isConstant(value: Value): boolean {
  if (value.kind === 'sequence') return value.items.every(isConstant);
  return value.kind === 'number' || value.kind === 'boolean';
}

/**
 * The array that nested lists of numbers stand for.
 * @throws Refusal when the lists are ragged.
 */
export function arrayOf(sequence: SequenceValue): { shape: number[]; values: number[]; mask: boolean } {
  const shape: number[] = [];
  for (let level: Value | undefined = sequence; level?.kind === 'sequence'; level = level.items[0]) {
    shape.push(level.items.length);
  }
  const values: number[] = [];
  let mask = sizeOf(shape) > 0;
  const collect = (value: Value, axis: number): void => {
    if (value.kind === 'sequence') {
      if (axis >= shape.length || value.items.length !== shape[axis]) throw ragged(value);
      for (const item of value.items) collect(item, axis + 1);
      return;
    }
    if (axis !== shape.length) throw ragged(value);
    if (value.kind !== 'number' && value.kind !== 'boolean') {
      throw new Refusal(`a list of numbers cannot hold ${describeValue(value)}: write array(…) around it`);
    }
    if (value.kind === 'number') mask = false;
    values.push(Number(value.value));
  };
  collect(sequence, 0);
  return { shape, values, mask };
}

function ragged(value: Value): Refusal {
  return new Refusal(`the list is ragged: ${describeValue(value)} stands where other items differ in length`);
}
