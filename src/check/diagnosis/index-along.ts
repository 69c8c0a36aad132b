/**
 * The index of a component along one axis, from the axis's stride and length. In 32-bit integers, which is several
 * times faster than in floating point, and enough for any tensor that fits in memory.
 */
export function indexAlong(component: number, stride: number, length: number): number {
  return ((component / stride) | 0) % length;
}
