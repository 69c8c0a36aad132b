/** Terms are added in a row over fixed blocks of so many components, so that the bits depend on nothing but the terms. */
const BLOCK = 4096;

/**
 * Several sums over components 0 … count − 1 in one pass.
 * @param add adds a component's terms to the sums of its block
 */
export function sumOver(
  count: number,
  sums: number,
  add: (component: number, sums: Float64Array) => void,
): Float64Array {
  const totals = new Float64Array(sums);
  const block = new Float64Array(sums);
  for (let start = 0; start < count; start += BLOCK) {
    block.fill(0);
    const end = Math.min(count, start + BLOCK);
    for (let i = start; i < end; i++) add(i, block);
    for (let i = 0; i < sums; i++) totals[i] += block[i];
  }
  return totals;
}
