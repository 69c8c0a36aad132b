import { formatShape, type Shape, sizeOf } from '../../tensors/tensor.ts';
import { real } from '../complex/complex.ts';
import { entryOf, setEntry } from '../complex/complex-values.ts';
import { type Op, ShapeError } from '../op.ts';
import { FREE } from '../region.ts';
import { spreadWhole } from '../spread.ts';

/**
 * take-rows(table, indices): the rows of a table that `indices` name, from 0 on; NaN where one names none. The table is
 * [rows, …rest], the indices have any shape, the output is [...indices, …rest].
 */
export const takeRows: Op = {
  name: 'take-rows',
  arity: 2,
  inferShape([table, indices]) {
    if (table.length === 0) throw new ShapeError(`take-rows takes no scalar (shape ${formatShape(table)})`);
    return [...indices, ...table.slice(1)];
  },
  compile([table, indices]) {
    const { rows, width, count } = extents(table, indices);
    return ({ floats: memory }, lanes, [from, chosen], out) => {
      for (let lane = 0; lane < lanes; lane++) {
        const source = from.offset + lane * from.laneStride;
        const index = chosen.offset + lane * chosen.laneStride;
        const to = out.offset + lane * out.laneStride;
        for (let i = 0; i < count; i++) {
          const row = memory[index + i];
          const start = to + i * width;
          if (!isRow(row, rows)) memory.fill(Number.NaN, start, start + width);
          else memory.copyWithin(start, source + row * width, source + (row + 1) * width);
        }
      }
    };
  },
  compileComplex([table, indices]) {
    const { rows, width } = extents(table, indices);
    return ([from, chosen], taken) => {
      for (let i = 0; i < taken.re.length; i++) {
        const place = Math.floor(i / width);
        const row = chosen.re[place];
        // An index that moves names no row on either side.
        const names = chosen.im[place] === 0 && isRow(row, rows);
        setEntry(taken, i, names ? entryOf(from, row * width + (i % width)) : real(Number.NaN));
      }
    };
  },
  flops: (_shapes, _attributes, output) => sizeOf(output),
  linear: (moved) => !moved[1],
  unmoved: () => 'base',
  transposed(_input, [table, indices]) {
    const { rows, width, count } = extents(table, indices);
    return ({ kernels, floats }, inputs, weights, target) => {
      for (let i = 0; i < count; i++) {
        const row = floats[inputs[1].offset + i];
        if (!isRow(row, rows)) continue;
        const to = target + row * width;
        kernels.add(1, width, to, width, 1, weights + i * width, width, 1, to, width, 1);
      }
    };
  },
  // Which rows are picked is told by data, so a moved row may move every place; its columns stay apart.
  spread(query) {
    const [moved, indices] = query.moved;
    if (moved === undefined || indices !== undefined) return spreadWhole(query);
    const columns = moved.slice(1);
    const places = query.shapes[1].map(() => FREE);
    return { inputs: [[FREE, ...columns], places], output: [...places, ...columns] };
  },
  pull: (output, [, indices]) => [[FREE, ...output.slice(indices.length)], output.slice(0, indices.length)],
};

function extents(table: Shape, indices: Shape) {
  return { rows: table[0], width: sizeOf(table.slice(1)), count: sizeOf(indices) };
}

function isRow(index: number, rows: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < rows;
}
