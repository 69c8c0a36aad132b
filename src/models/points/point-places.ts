import { type Faults, pointerTo } from '../../errors/fault.ts';
import { describeJson } from '../../tensors/describe-json.ts';
import { isObject } from '../schema-faults.ts';
import { filesOf, type JobFiles } from '../tensor-files.ts';
import { MOST_POINTS } from './point-document.ts';

type Document = Readonly<Record<string, unknown>>;

/** Where a point of θ stands in a job document, and the files that add to it. */
export interface PointPlace {
  /** Empty where the document's own `parameters` and `gradients` are the point. */
  readonly pointer: string;
  /** Undefined where there is no object. */
  readonly fields: Document | undefined;
  readonly parametersFile: Uint8Array | undefined;
  readonly gradientsFile: Uint8Array | undefined;
}

/** The points of a job document, in order. */
export interface PointPlaces {
  /** Whether the job has points; otherwise the document itself is the only one. */
  readonly areListed: boolean;
  readonly first: PointPlace;
  readonly others: readonly PointPlace[];
}

/**
 * Finds the points of a job document: its own `parameters` and `gradients`, where it has any, and then those of
 * `points`. The k-th file of parameters and the k-th of gradients belong to the k-th point; where there are more files
 * than points, they are further ones.
 */
export function findPoints(document: Document, files: JobFiles | undefined, faults: Faults): PointPlaces {
  const listed = listedPoints(document.points, faults);
  const isOwn = document.parameters !== undefined || document.gradients !== undefined || listed.length === 0;
  const fields = isOwn ? [document, ...listed] : listed;
  const parameters = filesOf(files?.parameters);
  const gradients = filesOf(files?.gradients);
  const count = Math.max(fields.length, parameters.length, gradients.length);
  if (count > MOST_POINTS) faults.add('/points', `the job has ${count} points; there may be ${MOST_POINTS}`);
  const [first, ...others] = Array.from({ length: Math.min(count, MOST_POINTS) }, (_, i): PointPlace => {
    const listedAt = isOwn ? i - 1 : i;
    return {
      pointer: listedAt < 0 ? '' : pointerTo('/points', listedAt),
      fields: i < fields.length ? fields[i] : {},
      parametersFile: parameters.at(i),
      gradientsFile: gradients.at(i),
    };
  });
  return { areListed: document.points !== undefined || others.length > 0, first, others };
}

/** An entry that is no object has its fault, and is undefined. */
function listedPoints(points: unknown, faults: Faults): readonly (Document | undefined)[] {
  if (points === undefined) return [];
  if (!Array.isArray(points)) {
    faults.add('/points', `must be an array, not ${describeJson(points)}`);
    return [];
  }
  if (points.length === 0) faults.add('/points', 'must not be empty');
  const entries: readonly unknown[] = points;
  return entries.slice(0, MOST_POINTS + 1).map((entry, i) => {
    if (isObject(entry)) return entry;
    faults.add(pointerTo('/points', i), `must be an object, not ${describeJson(entry)}`);
    return undefined;
  });
}
