import type { CheckJob } from '../check/check-job.ts';
import { type Fault, type Faults, pointerTo } from '../errors/fault.ts';
import type { Graph } from '../graph/graph.ts';
import { describeJson, quote } from '../tensors/describe-json.ts';
import { assembleJob } from './assemble-job.ts';
import { CappedFaults } from './capped-faults.ts';
import {
  checkDocumentSchema,
  refuseRepeatedMethods,
  refuseUnfitMethod,
  refuseUnfitStrategy,
} from './check-document.ts';
import { matchGradients } from './claimed-gradients.ts';
import { refuseUnknownSelection } from './component-selection.ts';
import { findFormat } from './formats.ts';
import { jobDocumentSchema } from './job-document.ts';
import type { DocumentFormat, ModelFile, ModelInputs, NamedTensors } from './model-format.ts';
import { readNamedTensors, refuseNonFinite } from './named-tensors.ts';
import { MovedFaults } from './points/moved-faults.ts';
import { findPoints, type PointPlace } from './points/point-places.ts';
import { type PointFields, readPoint, readPointFields } from './points/read-point.ts';
import { addUnknownFields, isObject, objectReader, readBySchema } from './schema-faults.ts';
import { type JobFiles, TensorFileReader } from './tensor-files.ts';
import { refuseUnmentionedData, refuseUnreadData } from './unread-data.ts';

export type JobReading =
  | { readonly kind: 'job'; readonly job: CheckJob }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] };

type Document = Readonly<Record<string, unknown>>;

const schemas = jobDocumentSchema.shape;
const knownFields = Object.keys(schemas);
const readCheck = objectReader(checkDocumentSchema);
const none: NamedTensors = new Map();

/**
 * Reads a parsed job document, and the files that hold some or all of its tensors. Whatever is wrong with it is found
 * here, all at once: the result is either a whole job that can be checked as it is, or every fault with its place.
 * Never throws for bad input.
 */
export function readJob(document: unknown, files?: JobFiles): JobReading {
  const faults = new CappedFaults();
  if (!isObject(document)) {
    faults.add('', `a job document is a JSON object, not ${describeJson(document)}`);
    return { kind: 'faults', faults: faults.told };
  }
  const job = readFields(document, files, faults);
  return job === undefined || !faults.none ? { kind: 'faults', faults: faults.told } : { kind: 'job', job };
}

function readFields(document: Document, files: JobFiles | undefined, all: Faults): CheckJob | undefined {
  const points = findPoints(document, files, all);
  // What is said of parameters and gradients is said where the first point has them.
  const faults = new MovedFaults(all, points.first.pointer);
  const unknown = Object.keys(document).filter((field) => !knownFields.includes(field));
  addUnknownFields(unknown, '', faults, knownFields, []);
  const name = readBySchema(schemas.name, document.name, '/name', faults);
  const cost = readBySchema(schemas.cost, document.cost, '/cost', faults);
  const labels = readLabels(document.labels, faults);
  const settings = readCheck(document.check ?? {}, '/check', faults);
  refuseRepeatedMethods(document.check, faults);
  if (settings !== undefined) refuseUnfitStrategy(settings, faults);

  const model = openModel(document.model, files?.model, faults);
  const reader = new TensorFileReader(files);
  const { fields, parametersFile, gradientsFile } = points.first;
  const { data, parameters, gradients } = readTensors(
    { data: document.data, parameters: fields?.parameters, gradients: fields?.gradients },
    {
      parameters: reader.read(parametersFile, '/parameters', faults),
      gradients: reader.read(gradientsFile, '/gradients', faults),
      data: reader.read(files?.data, '/data', faults),
    },
    model,
    faults,
  );
  const first = { ...readFirstFields(points.first, cost, faults), parameters: parameters ?? none };
  const others = points.others.map((place) => readPoint(place, parameters, reader, all));
  if (parameters !== undefined) checkSelection(document.check, parameters, faults);
  const inputs = { data: data ?? none, parameters: parameters ?? none };
  const graph = buildModel(document.model, model, inputs, faults);
  if (graph !== undefined && settings !== undefined)
    refuseUnfitMethod(settings, graph, inputs.parameters.keys(), faults);
  if (graph === undefined || settings === undefined || gradients === undefined || !faults.none)
    return undefined;
  files?.onRead?.();
  const each = [{ ...first, gradients }, ...others];
  return assembleJob({
    name,
    labels,
    settings,
    graph,
    data: inputs.data,
    points: each,
    hasPoints: points.areListed,
  });
}

/** The document's own `cost` is of the point that stands in it: without one it would be of none. */
function readFirstFields(first: PointPlace, cost: number | undefined, faults: Faults): PointFields {
  if (first.pointer === '') return { cost };
  if (cost !== undefined) {
    faults.add(
      '/cost',
      'is J at parameters of the document itself, and there are none: each point has its own',
    );
  }
  return readPointFields(first, faults);
}

interface TensorSections {
  readonly data: unknown;
  readonly parameters: unknown;
  readonly gradients: unknown;
}

type FileTensors = Readonly<Record<keyof TensorSections, NamedTensors | undefined>>;

function readTensors(
  document: TensorSections,
  files: FileTensors,
  model: OpenModel | undefined,
  faults: Faults,
) {
  const data = readNamedTensors(document.data ?? {}, '/data', faults, files.data);
  // A file holds values of θ itself.
  const own = model?.kind === 'file' ? (document.parameters ?? {}) : document.parameters;
  const parameters = readNamedTensors(own, '/parameters', faults, files.parameters);
  const gradients = readNamedTensors(document.gradients, '/gradients', faults, files.gradients);
  if (data !== undefined) refuseNonFinite(data, document.data, '/data', faults);
  if (parameters !== undefined) refuseNonFinite(parameters, document.parameters, '/parameters', faults);
  if (model?.kind !== 'file') {
    if (parameters !== undefined && hasNoComponent(parameters)) {
      faults.add('/parameters', 'there must be at least one parameter with at least one component');
    }
    matchSections(data, parameters, gradients, faults);
    return { data, parameters, gradients };
  }
  if (model.file === undefined) return { data, parameters: undefined, gradients };
  const given = { data: data ?? none, parameters: parameters ?? none };
  const held = model.file.hold(given, gradients ?? none, faults);
  if (gradients !== undefined && hasNoComponent(held.parameters)) {
    const detail = 'there must be one of at least one parameter of the model with at least one component';
    faults.add('/gradients', detail);
  }
  matchSections(given.data, held.parameters, gradients, faults);
  return { ...held, gradients };
}

function matchSections(
  data: NamedTensors | undefined,
  parameters: NamedTensors | undefined,
  gradients: NamedTensors | undefined,
  faults: Faults,
): void {
  if (parameters === undefined) return;
  if (gradients !== undefined) matchGradients(parameters, gradients, faults);
  for (const name of data?.keys() ?? []) {
    if (parameters.has(name)) faults.add(pointerTo('/data', name), `${quote(name)} is a parameter too`);
  }
}

/** A tensor that could not be read may have had components. */
function hasNoComponent(tensors: NamedTensors): boolean {
  return [...tensors.values()].every((tensor) => tensor !== undefined && tensor.values.length === 0);
}

function readLabels(labels: unknown, faults: Faults): Readonly<Record<string, string>> {
  // A schema drops this key without a word, as assigning it would change an object's prototype.
  if (isObject(labels) && Object.hasOwn(labels, '__proto__')) {
    faults.add('/labels/__proto__', 'a label cannot be called "__proto__"');
  }
  return readBySchema(schemas.labels, labels, '/labels', faults) ?? {};
}

/** What `check.components` names, judged even where the rest of `check` has faults. */
function checkSelection(check: unknown, parameters: NamedTensors, faults: Faults): void {
  const wanted = isObject(check) ? check.components : undefined;
  // Its own faults have been told with the rest of `check`.
  const selection = readBySchema(checkDocumentSchema.shape.components, wanted, '', new CappedFaults());
  if (selection !== undefined) refuseUnknownSelection(selection, parameters, faults);
}

/** How a document's model is read: from the document, or from a file, which is undefined where it has faults. */
type OpenModel =
  | { readonly kind: 'document'; readonly format: DocumentFormat }
  | { readonly kind: 'file'; readonly file: ModelFile | undefined };

function openModel(model: unknown, bytes: Uint8Array | undefined, faults: Faults): OpenModel | undefined {
  const format = findFormat(model, '/model', faults);
  if (format === undefined) return undefined;
  if ('open' in format) return { kind: 'file', file: format.open(model, '/model', bytes, faults) };
  if (bytes !== undefined) faults.add('/model', `the format ${quote(format.name)} takes no model file`);
  return { kind: 'document', format };
}

function buildModel(
  model: unknown,
  opened: OpenModel | undefined,
  inputs: ModelInputs,
  faults: Faults,
): Graph | undefined {
  if (opened === undefined) return undefined;
  const isFile = opened.kind === 'file';
  const graph = isFile
    ? opened.file?.build(inputs, faults)
    : opened.format.build(model, '/model', inputs, faults);
  if (graph !== undefined) {
    if (!isFile) refuseUnreadData(inputs, graph, faults);
    refuseLongPaths(inputs, graph, faults);
  } else if (!isFile) refuseUnmentionedData(inputs, model, opened.format.impliedData ?? [], faults);
  return graph;
}

/** Every parameter's way through the graph is planned before anything is run: this bounds the planning. */
const mostPaths = 200_000;

function refuseLongPaths({ parameters }: ModelInputs, { nodes }: Graph, faults: Faults): void {
  if (nodes.length * parameters.size <= mostPaths) return;
  const detail = `the model has ${nodes.length} operations and ${parameters.size} parameters; their product may be ${mostPaths} at most`;
  faults.add('/model', detail);
}
