import type { CheckJob, Parameter } from '../check/check-job.ts';
import type { CheckSettings } from '../check/settings.ts';
import type { Graph } from '../graph/graph.ts';
import type { Dtype, Tensor } from '../tensors/tensor.ts';
import type { NamedTensors } from './model-format.ts';
import { dataReadBy } from './unread-data.ts';

/** The parts of a job document, each of them valid. */
export interface JobParts {
  readonly name: string | undefined;
  readonly cost: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly settings: CheckSettings;
  readonly graph: Graph;
  readonly data: NamedTensors;
  readonly parameters: NamedTensors;
  readonly gradients: NamedTensors;
}

/** Puts a job together: θ is the parameters one after the other in the document's order, the claimed gradient likewise. */
export function assembleJob({ name, cost, labels, settings, graph, ...tensors }: JobParts): CheckJob {
  const names = [...tensors.parameters.keys()];
  const parameters = names.map((parameter) => present(tensors.parameters, parameter));
  const gradients = names.map((parameter) => present(tensors.gradients, parameter));
  const dataNames = dataReadBy(graph);
  const data = dataNames.map((dataName) => present(tensors.data, dataName));
  return {
    spec: {
      ...(name === undefined ? {} : { name }),
      graph,
      parameters: layOut(
        names,
        parameters,
        gradients.map((gradient) => gradient.dtype),
      ),
      data: dataNames.map((dataName, i) => ({ name: dataName, shape: data[i].shape })),
      ...(cost === undefined ? {} : { cost }),
      settings,
      labels,
    },
    theta: concatenate(parameters),
    claimed: concatenate(gradients),
    data,
  };
}

function present(tensors: NamedTensors, name: string): Tensor {
  const tensor = tensors.get(name);
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
