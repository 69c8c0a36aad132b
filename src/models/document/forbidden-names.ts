import { type Fault, pointerTo } from '../../errors/fault.ts';
import { CappedFaults } from '../capped-faults.ts';

/** The name as it is, or any of its characters escaped. */
const POSSIBLE = /__proto__|\\u00(?:5f|6f|70|72|74)/i;

/**
 * Finds members called `__proto__`, which would change an object's prototype wherever a later step copied them.
 * @param text what `document` was parsed from: most texts cannot hold the name, and are not walked.
 */
export function findForbiddenNames(text: string, document: unknown): readonly Fault[] {
  if (!POSSIBLE.test(text)) return [];
  const faults = new CappedFaults();
  // A list instead of recursion: the document may be nested deeper than the stack.
  const open: { value: unknown; pointer: string }[] = [{ value: document, pointer: '' }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    for (const [name, value] of Object.entries(next.value)) {
      const pointer = pointerTo(next.pointer, name);
      if (name === '__proto__') faults.add(pointer, 'this name is not allowed');
      else if (typeof value === 'object') open.push({ value, pointer });
    }
  }
  return faults.told;
}
