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
  // By offset. In the order of their first steps, what has died once does not matter again.
  let alive: LaneBuffer[] = [];
  let total = 0;
  for (const buffer of [...buffers].sort((a, b) => a.firstStep - b.firstStep)) {
    alive = alive.filter((other) => other.lastStep >= buffer.firstStep);
    let position = 0;
    let offset = 0;
    while (position < alive.length && alive[position].offset - offset < buffer.size) {
      offset = alive[position].offset + alive[position].size;
      position++;
    }
    buffer.offset = offset;
    alive.splice(position, 0, buffer);
    total = Math.max(total, offset + buffer.size);
  }
  return total;
}
