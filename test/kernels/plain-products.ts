import type { ProductKernels } from '../../src/kernels/product-kernels.ts';
import { canonical } from './plain-elementwise.ts';

/** Products as the textbook has them. */
export function plainProducts(m: Float64Array): ProductKernels {
  return {
    multiplyMatrices(rows, columns, depth, a, aRow, aColumn, b, bRow, bColumn, c, cRow, accumulate) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          let entry = accumulate === 1 ? m[c + i * cRow + j] : 0;
          for (let k = 0; k < depth; k++)
            entry += m[a + i * aRow + k * aColumn] * m[b + k * bRow + j * bColumn];
          m[c + i * cRow + j] = canonical(entry);
        }
      }
    },
    multiplyMatricesScratch: () => 0,
    addOuter(rows, columns, alpha, x, xStride, y, yStride, base, baseRow, out, outRow) {
      for (let i = 0; i < rows; i++) {
        const factor = alpha * m[x + i * xStride];
        for (let j = 0; j < columns; j++)
          m[out + i * outRow + j] = canonical(m[base + i * baseRow + j] + factor * m[y + j * yStride]);
      }
    },
    addScaledColumn(count, alpha, x, xStride, base, baseStride, out, outStride) {
      for (let i = 0; i < count; i++)
        m[out + i * outStride] = canonical(m[base + i * baseStride] + alpha * m[x + i * xStride]);
    },
  };
}
