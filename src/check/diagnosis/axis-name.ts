/** What the slices along an axis are called: rows and columns of a matrix, output channels of a convolution's weight. */
export function axisName(rank: number, axis: number): { readonly one: string; readonly many: string } {
  if (rank === 1) return { one: 'component', many: 'components' };
  if (rank === 2) return axis === 0 ? { one: 'row', many: 'rows' } : { one: 'column', many: 'columns' };
  const place = `on axis ${axis}`;
  return axis === 0
    ? { one: `channel (${place})`, many: `channels (${place})` }
    : { one: `slice (${place})`, many: `slices (${place})` };
}

/** `rows`, `columns`, `the slices on axis 2`. */
export function alongAxes(rank: number, axes: readonly number[]): string {
  return axes.map((axis) => axisName(rank, axis).many).join(' and ');
}
