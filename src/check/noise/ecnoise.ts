/** Values that an estimate is made of. */
export const NOISE_POINTS = 8;

/** Orders of the difference table whose estimates are compared: lower ones still see the function itself. */
const ORDERS = [3, 4, 5, 6] as const;

/**
 * The standard deviation of the rounding noise in values of a smooth function at equally spaced points that lie very
 * close together: differences of a high order leave nothing of the function, and of independent errors with variance
 * σ² they leave σ²·(2k)!/(k!)² (Hamming's difference table; Moré and Wild, "Estimating computational noise", SIAM J.
 * Sci. Comput. 33, 2011). The median of the estimates by several orders.
 * @param values NOISE_POINTS of them
 */
export function noiseDeviation(values: Float64Array): number {
  const table = values.slice();
  const estimates: number[] = [];
  let central = 1;
  for (let order = 1; order <= ORDERS[ORDERS.length - 1]; order++) {
    const left = table.length - order;
    for (let i = 0; i < left; i++) table[i] = table[i + 1] - table[i];
    // (2k)!/(k!)², from one order to the next.
    central *= (2 * (2 * order - 1)) / order;
    if (order < ORDERS[0]) continue;
    let squares = 0;
    for (let i = 0; i < left; i++) squares += table[i] * table[i];
    estimates.push(Math.sqrt(squares / left / central));
  }
  estimates.sort((a, b) => a - b);
  const middle = estimates.length / 2;
  return (estimates[middle - 1] + estimates[middle]) / 2;
}
