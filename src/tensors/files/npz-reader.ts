import { quote } from '../describe-json.ts';
import { type FileReading, mostTensors } from './file-reading.ts';
import { readNpy } from './npy-reader.ts';
import { findZipExtent, readZipContent, type ZipExtent } from './zip-content.ts';
import { readZipDirectory, type ZipEntry } from './zip-directory.ts';

const SUFFIX = '.npy';
/** An .npy file is longer than its numbers by its header, which takes 128 bytes as NumPy writes it. */
const HEADER_ROOM = 4096;

interface PlacedEntry {
  readonly entry: ZipEntry;
  readonly extent: ZipExtent;
}

/** Reads an .npz file, NumPy's `savez` or `savez_compressed`: a zip of .npy files, called as their tensors. */
export function readNpz(bytes: Uint8Array, reading: FileReading): void {
  const entries = readZipDirectory(bytes, mostTensors);
  if (typeof entries === 'string') {
    reading.refuse(entries);
    return;
  }
  const inflated = entries.reduce((sum, { size }) => sum + Math.max(0, size - HEADER_ROOM), 0);
  if (inflated > reading.room.left) {
    reading.refuse(`inflates to ${inflated} bytes and more, beyond the limit of ${reading.room.limit}`);
    return;
  }
  const placed = place(bytes, entries, reading);
  const overlap = findOverlap(placed);
  if (overlap !== undefined) {
    reading.refuse(overlap);
    return;
  }
  for (const { entry, extent } of placed) {
    const content = readZipContent(bytes, extent, entry);
    if (typeof content === 'string') reading.refuseTensor(tensorName(entry), content);
    else readNpy(tensorName(entry), content, reading);
  }
}

function place(bytes: Uint8Array, entries: readonly ZipEntry[], reading: FileReading): PlacedEntry[] {
  return entries.flatMap((entry) => {
    if (!entry.name.endsWith(SUFFIX)) {
      reading.refuse(`has an entry ${quote(entry.name)}, which is no .npy file`);
      return [];
    }
    const extent = findZipExtent(bytes, entry);
    if (typeof extent !== 'string') return [{ entry, extent }];
    reading.refuseTensor(tensorName(entry), extent);
    return [];
  });
}

/** Entries that share bytes inflate to more than their archive can hold (Fifield, "A better zip bomb", WOOT 2019). */
function findOverlap(placed: readonly PlacedEntry[]): string | undefined {
  const sorted = placed.toSorted((a, b) => a.entry.offset - b.entry.offset);
  const overlapping = sorted.findIndex(({ entry }, i) => i > 0 && entry.offset < sorted[i - 1].extent.end);
  if (overlapping < 0) return undefined;
  const [before, entry] = sorted.slice(overlapping - 1).map((one) => quote(one.entry.name));
  return `has entries that overlap: ${entry} begins in ${before}`;
}

function tensorName({ name }: ZipEntry): string {
  return name.slice(0, -SUFFIX.length);
}
