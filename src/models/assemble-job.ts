import type { CheckJob, Parameter, PointSpec } from '../check/check-job.ts';
import type { CheckSettings } from '../check/settings.ts';
import type { Graph } from '../graph/graph.ts';
import type { Dtype, Tensor } from '../tensors/tensor.ts';
import type { NamedTensors } from './model-format.ts';
import type { PointTensors } from './points/read-point.ts';
import { dataReadBy } from './unread-data.ts';

/** The parts of a job document, each of them valid. */
export interface JobParts {
  readonly name: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly settings: CheckSettings;
  readonly graph: Graph;
  readonly data: NamedTensors;
  /** At least one. */
  readonly points: readonly PointTensors[];
  /** Whether the document has points, or is the only one itself. */
  readonly hasPoints: boolean;
}

/**
 * Puts a job together: θ is the parameters one after the other in the order of the first point, and point after point;
 * the claimed gradient likewise.
 */
export function assembleJob(parts: JobParts): CheckJob {
  const { name, labels, settings, graph, points, hasPoints } = parts;
  const names = [...(points[0].parameters?.keys() ?? [])];
  const parameters = points.map((point) => names.map((each) => present(point.parameters, each)));
  const gradients = points.map((point) => names.map((each) => present(point.gradients, each)));
  const dtypes = gradients.map((ofPoint) => ofPoint.map(({ dtype }) => dtype));
  const dataNames = dataReadBy(graph);
  const data = dataNames.map((dataName) => present(parts.data, dataName));
  const [{ cost }] = points;
  return {
    spec: {
      ...(name === undefined ? {} : { name }),
      graph,
      parameters: layOut(names, parameters[0], dtypes[0]),
      data: dataNames.map((dataName, i) => ({ name: dataName, shape: data[i].shape })),
      ...(cost === undefined || hasPoints ? {} : { cost }),
      settings,
      labels,
      ...(hasPoints ? { points: points.map((point, i) => describePoint(point, dtypes[i])) } : {}),
    },
    theta: concatenate(parameters.flat()),
    claimed: concatenate(gradients.flat()),
    data,
  };
}

function describePoint({ name, cost }: PointTensors, claimedDtypes: readonly Dtype[]): PointSpec {
  return {
    ...(name === undefined ? {} : { name }),
    ...(cost === undefined ? {} : { cost }),
    claimedDtypes,
  };
}

function present(tensors: NamedTensors | undefined, name: string): Tensor {
  const tensor = tensors?.get(name);
  if (tensor === undefined) throw new Error(`a job without faults has no tensor named ${name}`);
  return tensor;
}

function layOut(
  names: readonly string[],
  tensors: readonly Tensor[],
  claimed: readonly Dtype[],
): Parameter[] {
  let offset = 0;
  return names.map((name, i) => {
    const { shape, values } = tensors[i];
    const parameter = { name, shape, offset, size: values.length, claimedDtype: claimed[i] };
    offset += values.length;
    return parameter;
  });
}

function concatenate(tensors: readonly Tensor[]): Float64Array {
  if (areInARow(tensors)) {
    const [{ values }] = tensors;
    const count = tensors.reduce((sum, each) => sum + each.values.length, 0);
    return new Float64Array(values.buffer, values.byteOffset, count);
  }
  const all = new Float64Array(tensors.reduce((size, { values }) => size + values.length, 0));
  let offset = 0;
  for (const { values } of tensors) {
    all.set(values, offset);
    offset += values.length;
  }
  return all;
}

/** Whether tensors lie one behind the other already, and nothing else beside them, as the readers of files place them. */
function areInARow(tensors: readonly Tensor[]): boolean {
  const buffer = tensors.at(0)?.values.buffer;
  let end = 0;
  for (const { values } of tensors) {
    if (values.buffer !== buffer || values.byteOffset !== end) return false;
    end += values.byteLength;
  }
  return end === buffer?.byteLength;
}
