import { quote } from '../../tensors/describe-json.ts';
import { type FilePart, fileParts, type JobFiles, pointSections } from '../tensor-files.ts';
import { type MultipartPart, splitMultipart } from './multipart.ts';
import { type ReadOutcome, readDocument } from './read-document.ts';

/** The part that holds the job document. */
const JOB = 'job';

export interface UploadForm {
  readonly boundary: string;
  /** The longest JSON, in bytes: the job document, or tensors. */
  readonly maxJobBytes: number;
  /** The most bytes, as float64, that the tensors of the files may take. */
  readonly maxTensorBytes: number;
}

/**
 * Reads a job that comes as multipart/form-data: the part `job` is the document, the parts `parameters`, `gradients`
 * and `data` are files of tensors that add to it, and `model` is the file of its model. The first two may be there
 * once for each point.
 * @param onRead called once the bytes are no longer needed, before the numbers of a job are put together
 */
export function readUpload(
  bytes: Uint8Array,
  { boundary, maxJobBytes, maxTensorBytes }: UploadForm,
  fingerprinted: boolean,
  onRead?: () => void,
): ReadOutcome {
  const parts = splitMultipart(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), boundary);
  if (typeof parts === 'string') return { kind: 'malformed-parts', detail: parts };
  const wrong = parts.flatMap((part, i) => wrongPart(part, parts.slice(0, i)));
  const job = parts.find(({ name }) => name === JOB)?.content;
  if (job === undefined) wrong.push(`the part "${JOB}" with the job document is missing`);
  else if (job.byteLength > maxJobBytes) {
    wrong.push(
      `the part "${JOB}" has ${job.byteLength} bytes, more than ${maxJobBytes}: send tensors as files`,
    );
  }
  if (job === undefined || wrong.length > 0) {
    return { kind: 'faults', faults: wrong.map((detail) => ({ pointer: '', detail })) };
  }
  const outcome = readDocument(job, fingerprinted, {
    ...filesOf(parts),
    maxTensorBytes,
    maxJsonBytes: maxJobBytes,
    onRead,
  });
  if (outcome.kind !== 'malformed') return outcome;
  return { kind: 'malformed', detail: `in the part "${JOB}": ${outcome.detail}` };
}

function wrongPart({ name }: MultipartPart, before: readonly MultipartPart[]): string[] {
  if (!isOfPoints(name) && before.some((part) => part.name === name))
    return [`the part ${quote(name)} is there twice`];
  if (name === JOB || isFilePart(name)) return [];
  return [`unknown part ${quote(name)}: there may be ${[JOB, ...fileParts].join(', ')}`];
}

function filesOf(parts: readonly MultipartPart[]): Pick<JobFiles, FilePart> {
  const contents = (part: FilePart) =>
    parts.filter(({ name }) => name === part).map(({ content }) => content);
  return {
    model: contents('model').at(0),
    parameters: contents('parameters'),
    gradients: contents('gradients'),
    data: contents('data').at(0),
  };
}

function isOfPoints(name: string): boolean {
  return pointSections.some((section) => section === name);
}

function isFilePart(name: string): boolean {
  return fileParts.some((part) => part === name);
}
