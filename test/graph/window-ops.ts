import fc from 'fast-check';
import type { Attributes } from '../../src/graph/graph.ts';
import { findOp } from '../../src/graph/ops/registry.ts';
import type { OpDescription, PlainArray } from '../conformance/op-conformance.ts';
import { indices } from '../conformance/op-conformance.ts';

const small = fc.integer({ min: 1, max: 3 });

/** Windows along one axis of a length. */
const windows = fc
  .record({
    length: fc.integer({ min: 1, max: 5 }),
    taps: small,
    positions: fc.integer({ min: 1, max: 4 }),
    stride: small,
    dilation: fc.constantFrom(-2, -1, 1, 2),
    start: fc.integer({ min: -3, max: 3 }),
    spacing: fc.integer({ min: 1, max: 2 }),
  })
  .chain((window) =>
    // Now and then windows of one entry each, along which entries stay apart.
    fc.constantFrom(window, window, window, {
      ...window,
      positions: window.length,
      taps: 1,
      stride: 1,
      start: 0,
      spacing: 1,
    }),
  );

function list(attributes: Attributes, name: string): number[] {
  const value = attributes[name];
  return Array.isArray(value) ? value.map(Number) : [];
}

const unfold: OpDescription = {
  op: findOp('unfold'),
  cases: fc
    .record({
      images: small,
      channels: small,
      axes: fc.array(windows, { minLength: 1, maxLength: 2 }),
      padding: fc.constantFrom('zero', 'lowest'),
    })
    .map(({ images, channels, axes, padding }) => ({
      shapes: [[images, channels, ...axes.map(({ length }) => length)]],
      attributes: {
        taps: axes.map(({ taps }) => taps),
        positions: axes.map(({ positions }) => positions),
        strides: axes.map(({ stride }) => stride),
        dilations: axes.map(({ dilation }) => dilation),
        starts: axes.map(({ start }) => start),
        spacings: axes.map(({ spacing }) => spacing),
        padding,
      },
    })),
  reference([x], attributes) {
    const axes = x.shape.length - 2;
    const [strides, dilations] = [list(attributes, 'strides'), list(attributes, 'dilations')];
    const [starts, spacings] = [list(attributes, 'starts'), list(attributes, 'spacings')];
    return {
      shape: [...x.shape.slice(0, 2), ...list(attributes, 'taps'), ...list(attributes, 'positions')],
      at([image, channel, ...rest]) {
        const index = starts.map(
          (start, axis) =>
            (start + rest[axes + axis] * strides[axis] + rest[axis] * dilations[axis]) / spacings[axis],
        );
        const inside = index.every((i, axis) => Number.isInteger(i) && i >= 0 && i < x.shape[2 + axis]);
        if (inside) return x.at([image, channel, ...index]);
        return attributes.padding === 'lowest' ? Number.NEGATIVE_INFINITY : 0;
      },
    };
  },
};

const patchProduct: OpDescription = {
  op: findOp('patch-product'),
  cases: fc
    .record({
      images: small,
      groups: small,
      outputs: small,
      depth: small,
      axes: fc.array(fc.tuple(small, small), { minLength: 1, maxLength: 2 }),
    })
    .map(({ images, groups, outputs, depth, axes }) => {
      const taps = axes.map(([count]) => count);
      const positions = axes.map(([, count]) => count);
      return {
        shapes: [
          [images, groups * depth, ...taps, ...positions],
          [groups * outputs, depth, ...taps],
        ],
        attributes: {},
      };
    }),
  reference([patches, weights]) {
    const [outputs, depth, ...taps] = weights.shape;
    const perGroup = outputs / (patches.shape[1] / depth);
    return {
      shape: [patches.shape[0], outputs, ...patches.shape.slice(2 + taps.length)],
      at([image, output, ...position]) {
        const first = Math.floor(output / perGroup) * depth;
        return indices([depth, ...taps]).reduce(
          (sum, [channel, ...tap]) =>
            sum +
            weights.at([output, channel, ...tap]) * patches.at([image, first + channel, ...tap, ...position]),
          0,
        );
      },
    };
  },
};

const takeRows: OpDescription = {
  op: findOp('take-rows'),
  cases: fc
    .record({
      rows: fc.integer({ min: 1, max: 4 }),
      rest: fc.array(small, { maxLength: 2 }),
      places: fc.array(small, { maxLength: 2 }),
    })
    .map(({ rows, rest, places }) => ({
      shapes: [[rows, ...rest], places],
      attributes: {},
      wholeInputs: [{ input: 1, below: rows }],
    })),
  reference: ([table, places]): PlainArray => ({
    shape: [...places.shape, ...table.shape.slice(1)],
    at: (index) =>
      table.at([places.at(index.slice(0, places.shape.length)), ...index.slice(places.shape.length)]),
  }),
};

export const windowOps: readonly OpDescription[] = [unfold, patchProduct, takeRows];
