import { formatShape } from '../../tensors/tensor.ts';
import type { Emitter } from './emitter.ts';
import { Refusal } from './expression-faults.ts';
import { takeAlong, takePairs } from './gather.ts';
import { sequenceOf } from './sequences.ts';
import { type SliceRange, sliceRange } from './slice-range.ts';
import { describeValue, type SequenceValue, type TensorValue, type Value } from './value.ts';

/** One entry of an index, lowered. A bound of a slice that was left out is None. */
export type IndexPart =
  | { readonly kind: 'item'; readonly value: Value }
  | { readonly kind: 'slice'; readonly start: Value; readonly stop: Value; readonly step: Value };

/** What one axis of the tensor, or one new axis, becomes. */
type AxisPlan =
  | { readonly kind: 'range'; readonly range: SliceRange; readonly dropped: boolean }
  | { readonly kind: 'take'; readonly indices: TensorValue }
  | { readonly kind: 'new' };

const wholeAxis: IndexPart = {
  kind: 'slice',
  start: { kind: 'none' },
  stop: { kind: 'none' },
  step: { kind: 'none' },
};

/**
 * `object[parts]` as NumPy has it: whole numbers, slices, `...`, None, one tensor of indices or two neighbouring ones.
 * @throws Refusal when the index does not fit.
 */
export function applyIndex(emit: Emitter, object: Value, parts: readonly IndexPart[]): Value {
  if (object.kind === 'sequence') return sequenceItem(object, parts);
  const x = emit.tensor(object);
  const plans = planAxes(emit, x, spread(parts));
  return applyTakes(emit, applyRanges(emit, x, plans), plans);
}

function sequenceItem(sequence: SequenceValue, parts: readonly IndexPart[]): Value {
  const [part] = parts;
  const { items } = sequence;
  if (parts.length !== 1) throw new Refusal(`${describeValue(sequence)} takes one index`);
  if (part.kind === 'item') return items[wholeIndex(part.value, items.length)];
  const { start, step, count } = rangeOf(part, items.length);
  return sequenceOf(
    Array.from({ length: count }, (_, i) => items[start + i * step]),
    sequence.list,
  );
}

/** `x[(0, 1)]` is `x[0, 1]`; a list is a tensor of indices. */
function spread(parts: readonly IndexPart[]): readonly IndexPart[] {
  const [first] = parts;
  const single = parts.length === 1 && first.kind === 'item' && first.value.kind === 'sequence';
  if (!single || first.value.list) return parts;
  return first.value.items.map((value) => ({ kind: 'item', value }));
}

/** One plan for each axis and each None, in order, `...` and missing axes written out. */
function planAxes(emit: Emitter, x: TensorValue, parts: readonly IndexPart[]): AxisPlan[] {
  const kinds = parts.map((part) => (part.kind === 'item' ? part.value.kind : 'slice'));
  const used = kinds.filter((kind) => kind !== 'none' && kind !== 'ellipsis').length;
  const missing = x.shape.length - used;
  if (missing < 0) throw new Refusal(`${used} indices for shape ${formatShape(x.shape)}`);
  const ellipsis = kinds.indexOf('ellipsis');
  if (kinds.includes('ellipsis', ellipsis + 1)) throw new Refusal('`...` may stand only once in an index');
  const filler = new Array<IndexPart>(missing).fill(wholeAxis);
  const full = ellipsis < 0 ? [...parts, ...filler] : parts.toSpliced(ellipsis, 1, ...filler);
  let axis = 0;
  return full.map((part) => {
    if (part.kind === 'item' && part.value.kind === 'none') return { kind: 'new' };
    return planAxis(emit, part, x.shape[axis], axis++);
  });
}

function planAxis(emit: Emitter, part: IndexPart, length: number, axis: number): AxisPlan {
  if (part.kind === 'slice') {
    const range = rangeOf(part, length);
    if (range.count === 0) throw new Refusal(`the slice of axis ${axis}, of length ${length}, is empty`);
    return { kind: 'range', range, dropped: false };
  }
  if (part.value.kind === 'tensor' || part.value.kind === 'sequence') {
    return { kind: 'take', indices: emit.tensor(part.value) };
  }
  const start = wholeIndex(part.value, length, ` of axis ${axis}`);
  return { kind: 'range', range: { start, end: start + 1, step: 1, count: 1 }, dropped: true };
}

function wholeIndex(value: Value, length: number, where = ''): number {
  if (value.kind !== 'number' || !Number.isInteger(value.value)) {
    throw new Refusal(`an index must be a whole number, not ${describeValue(value)}`);
  }
  const counted = value.value < 0 ? value.value + length : value.value;
  if (counted < 0 || counted >= length) {
    throw new Refusal(`the index ${value.value}${where} is outside its length ${length}`);
  }
  return counted;
}

function rangeOf(part: IndexPart & { kind: 'slice' }, length: number): SliceRange {
  const bound = (value: Value) => {
    if (value.kind === 'none') return undefined;
    if (value.kind === 'number' && Number.isSafeInteger(value.value)) return value.value;
    throw new Refusal(`the bounds of a slice must be constant whole numbers, not ${describeValue(value)}`);
  };
  const step = bound(part.step) ?? 1;
  if (step === 0) throw new Refusal('the step of a slice cannot be 0');
  return sliceRange(length, bound(part.start), bound(part.stop), step);
}

/** Cuts every axis to its range, drops those that a whole number chose, and puts new ones in. */
function applyRanges(emit: Emitter, x: TensorValue, plans: readonly AxisPlan[]): TensorValue {
  const old = plans.filter((plan) => plan.kind !== 'new');
  const ranges = old.map((plan, axis) =>
    plan.kind === 'range' ? plan.range : sliceRange(x.shape[axis], undefined, undefined, 1),
  );
  const whole = ranges.every(({ count, step }, axis) => step === 1 && count === x.shape[axis]);
  const cut = whole
    ? x
    : emit.apply('slice', [x], {
        starts: ranges.map(({ start }) => start),
        ends: ranges.map(({ end }) => end),
        steps: ranges.map(({ step }) => step),
      });
  let axis = 0;
  const shape = plans.flatMap((plan) => {
    if (plan.kind === 'new') return [1];
    const length = cut.shape[axis++];
    return plan.kind === 'range' && plan.dropped ? [] : [length];
  });
  return emit.reshape(cut, shape);
}

function applyTakes(emit: Emitter, x: TensorValue, plans: readonly AxisPlan[]): TensorValue {
  const chosen = plans.flatMap((plan, place) =>
    plan.kind === 'take' || (plan.kind === 'range' && plan.dropped) ? [place] : [],
  );
  const takes = plans.filter((plan) => plan.kind === 'take');
  if (takes.length === 0) return x;
  // NumPy moves the axes of indices to the front when they do not stand together.
  if (chosen.some((place, i) => i > 0 && place !== chosen[i - 1] + 1)) {
    throw new Refusal('tensors of indices and whole numbers must stand next to each other in an index');
  }
  if (takes.length > 2) throw new Refusal('at most two axes can be indexed by tensors');
  const axis = plans
    .slice(0, plans.indexOf(takes[0]))
    .filter((plan) => plan.kind === 'new' || (plan.kind === 'range' && !plan.dropped)).length;
  const [first, second] = takes;
  if (second === undefined) return takeAlong(emit, x, axis, first.indices);
  return takePairs(emit, x, axis, first.indices, second.indices);
}
