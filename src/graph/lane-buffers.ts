/** Space for one value per lane that lives from the step that writes it to the last one that reads it. */
export interface LaneBuffer {
  /** float64s per lane. */
  readonly size: number;
  readonly firstStep: number;
  lastStep: number;
  /** Offset per lane, once `placeBuffers` has placed it. */
  offset: number;
}

/**
 * Places buffers so that those alive at once do not overlap and dead ones are used again: each in turn goes to the
 * lowest gap it fits. Offsets are per lane: with n lanes a buffer starts at n·offset and lane k at n·offset + k·size.
 * @returns the float64s per lane that all of them need
 */
export function placeBuffers(buffers: readonly LaneBuffer[]): number {
  const placed: LaneBuffer[] = [];
  let total = 0;
  for (const buffer of [...buffers].sort((a, b) => a.firstStep - b.firstStep)) {
    const alive = placed
      .filter((other) => other.lastStep >= buffer.firstStep && other.firstStep <= buffer.lastStep)
      .sort((a, b) => a.offset - b.offset);
    let offset = 0;
    for (const other of alive) {
      if (other.offset - offset >= buffer.size) break;
      offset = Math.max(offset, other.offset + other.size);
    }
    buffer.offset = offset;
    placed.push(buffer);
    total = Math.max(total, offset + buffer.size);
  }
  return total;
}
