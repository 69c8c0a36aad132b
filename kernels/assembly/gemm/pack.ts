import { FLOAT, gather, loadOne } from '../vector';
import { TILE } from './micro-kernel';

/** Depths packed at a time: few enough streams to read, whole cache lines to write. */
const RUN: usize = 4;

/**
 * Packs `count` lines of `depth` entries – rows of A or columns of B – into panels of 4 lines: the 4 entries of one
 * depth lie side by side, those of the next follow. A last panel of fewer lines is filled up with zeros.
 */
export function packPanels(
  count: usize,
  depth: usize,
  from: usize,
  lineStride: usize,
  depthStride: usize,
  to: usize,
): void {
  const whole = count & ~(TILE - 1);
  const panelBytes = depth * TILE * FLOAT;
  for (let k: usize = 0; k < depth; k += RUN) {
    const run = min(RUN, depth - k);
    let source = from + k * depthStride;
    let target = to + k * TILE * FLOAT;
    for (let line: usize = 0; line < whole; line += TILE) {
      if (lineStride == FLOAT) packSideBySide(run, source, depthStride, target);
      else packApart(run, source, lineStride, depthStride, target);
      source += TILE * lineStride;
      target += panelBytes;
    }
    if (whole < count) packPartial(count - whole, run, source, lineStride, depthStride, target);
  }
}

@inline
function packSideBySide(run: usize, from: usize, depthStride: usize, to: usize): void {
  for (let k: usize = 0; k < run; k++) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    from += depthStride;
    to += TILE * FLOAT;
  }
}

@inline
function packApart(run: usize, from: usize, lineStride: usize, depthStride: usize, to: usize): void {
  for (let k: usize = 0; k < run; k++) {
    v128.store(to, gather(from, lineStride));
    v128.store(to, gather(from + 2 * lineStride, lineStride), 16);
    from += depthStride;
    to += TILE * FLOAT;
  }
}

function packPartial(
  lines: usize,
  run: usize,
  from: usize,
  lineStride: usize,
  depthStride: usize,
  to: usize,
): void {
  const zero = f64x2.splat(0);
  for (let k: usize = 0; k < run; k++) {
    v128.store(to, lines > 1 ? gather(from, lineStride) : loadOne(from));
    v128.store(to, lines > 2 ? loadOne(from + 2 * lineStride) : zero, 16);
    from += depthStride;
    to += TILE * FLOAT;
  }
}
