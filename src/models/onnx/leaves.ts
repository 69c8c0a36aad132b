import { type Faults, pointerTo } from '../../errors/fault.ts';
import { quote } from '../../tensors/describe-json.ts';
import { formatShape, type Shape, sizeOf, type Tensor } from '../../tensors/tensor.ts';
import type { ModelInputs } from '../model-format.ts';
import { type ElementType, elementType, integerRange, isFloat, nameOfElementType } from './element-type.ts';
import type { Emission } from './emission.ts';
import type { OnnxFile, OnnxPort } from './file/onnx-file.ts';
import type { OnnxTensor } from './file/onnx-tensor.ts';
import type { JobNames } from './job-names.ts';
import { OnnxRefusal } from './onnx-refusal.ts';
import type { OnnxValue } from './onnx-value.ts';

/** Initializers of more entries are data of the job rather than constants of its graph, which is kept as text. */
const mostInlineEntries = 4096;

/** Whether an initializer that is not in θ goes to the job's data. */
export function isLargeInitializer({ shape }: OnnxTensor): boolean {
  return sizeOf(shape) > mostInlineEntries;
}

/** What the inputs and initializers of a file mean in a job: parameters, data, constants. */
export class Leaves {
  readonly #inputs: ModelInputs;
  readonly #emission: Emission;
  readonly #faults: Faults;
  readonly #initializers: ReadonlyMap<string, OnnxTensor>;
  readonly #ports: ReadonlyMap<string, OnnxPort>;
  readonly #names: JobNames;
  /** Data that take the place of initializers and were sent among the parameters. */
  readonly #overriding: ReadonlySet<string>;
  /** Lengths that symbols stand for, and the input that said so first. */
  readonly #symbols = new Map<string, { readonly length: number; readonly input: string }>();

  constructor(
    file: OnnxFile,
    inputs: ModelInputs,
    names: JobNames,
    overriding: ReadonlySet<string>,
    emission: Emission,
    faults: Faults,
  ) {
    this.#inputs = inputs;
    this.#emission = emission;
    this.#faults = faults;
    this.#names = names;
    this.#overriding = overriding;
    this.#initializers = new Map(file.initializers.map((each) => [each.name, each]));
    this.#ports = new Map(file.inputs.map((each) => [each.name, each]));
  }

  /** As `NodeTranslation.leaf`. @throws OnnxRefusal when an initializer cannot be read. */
  find(name: string): OnnxValue | 'refused' | undefined {
    const jobName = this.#names.inJob(name);
    const { parameters, data } = this.#inputs;
    const initializer = this.#initializers.get(name);
    const port = this.#ports.get(name);
    if (initializer === undefined && port === undefined) return undefined;
    if (parameters.has(jobName)) {
      return this.#given('parameter', jobName, parameters.get(jobName), initializer, port);
    }
    if (data.has(jobName)) return this.#given('data', jobName, data.get(jobName), initializer, port);
    if (initializer !== undefined) return this.#emission.constant(initializer.read());
    const type = port?.dataType === undefined ? '' : ` (${nameOfElementType(port.dataType)})`;
    this.#faults.add(
      pointerTo('/data', jobName),
      `is missing: the model takes ${quote(name)}${type}${describeAxes(port)}`,
    );
    return 'refused';
  }

  /** A tensor of the job in the place of an input or an initializer, whose type and shape it must have. */
  #given(
    kind: 'parameter' | 'data',
    name: string,
    tensor: Tensor | undefined,
    initializer: OnnxTensor | undefined,
    port: OnnxPort | undefined,
  ): OnnxValue | 'refused' {
    if (tensor === undefined) return 'refused';
    const type = typeOf(initializer?.dataType ?? port?.dataType, name);
    const fault = this.#misfit(kind, name, tensor, type, initializer?.shape ?? port?.axes);
    if (fault !== undefined) {
      const section = kind === 'data' && !this.#overriding.has(name) ? '/data' : '/parameters';
      this.#faults.add(pointerTo(section, name), fault);
      return 'refused';
    }
    if (kind === 'parameter') return this.#emission.parameter(name, tensor.shape, type);
    return this.#emission.data(name, { shape: tensor.shape, values: tensor.values, type });
  }

  #misfit(
    kind: 'parameter' | 'data',
    name: string,
    { shape, values }: Tensor,
    type: ElementType,
    axes: OnnxPort['axes'],
  ): string | undefined {
    if (kind === 'parameter' && !isFloat(type)) {
      return `is ${type} in the model, but a parameter is made of floats`;
    }
    if (!isFloat(type)) {
      const [least, most] = type === 'bool' ? [0, 1] : integerRange(type);
      const wrong = values.findIndex(
        (value) => !(Number.isInteger(value) && value >= least && value <= most),
      );
      if (wrong >= 0) return `is ${type} in the model, but entry ${wrong} is ${values[wrong]}`;
    }
    return axes === undefined ? undefined : this.#misshapen(name, shape, axes);
  }

  #misshapen(name: string, shape: Shape, axes: NonNullable<OnnxPort['axes']>): string | undefined {
    const declared = `the model declares [${axes.map((axis) => axis ?? '?').join(',')}]`;
    if (axes.length !== shape.length) return `has shape ${formatShape(shape)}, but ${declared}`;
    for (const [i, axis] of axes.entries()) {
      if (typeof axis === 'number' && axis !== shape[i]) {
        return `has shape ${formatShape(shape)}, but ${declared}`;
      }
      if (typeof axis !== 'string') continue;
      const known = this.#symbols.get(axis);
      if (known === undefined) this.#symbols.set(axis, { length: shape[i], input: name });
      else if (known.length !== shape[i]) {
        return `has shape ${formatShape(shape)}, but ${declared}, and ${axis} is ${known.length} in ${quote(known.input)}`;
      }
    }
    return undefined;
  }
}

function typeOf(dataType: number | undefined, name: string): ElementType {
  if (dataType === undefined) throw new OnnxRefusal(`the input ${quote(name)} is no tensor`);
  const type = elementType(dataType);
  if (type !== undefined) return type;
  throw new OnnxRefusal(
    `the input ${quote(name)} is of the type ${nameOfElementType(dataType)}, which is not read`,
  );
}

function describeAxes(port: OnnxPort | undefined): string {
  return port?.axes === undefined ? '' : ` of shape [${port.axes.map((axis) => axis ?? '?').join(',')}]`;
}
