import { type Faults, pointerTo } from '../../errors/fault.ts';
import type { Graph } from '../../graph/graph.ts';
import { quote } from '../../tensors/describe-json.ts';
import { formatShape, sizeOf, type Tensor, unravel } from '../../tensors/tensor.ts';
import type { FileFormat, ModelFile, ModelInputs, NamedTensors } from '../model-format.ts';
import { didYouMean } from '../nearest-name.ts';
import { objectReader } from '../schema-faults.ts';
import { isFloat } from './element-type.ts';
import { Emission } from './emission.ts';
import type { OnnxFile } from './file/onnx-file.ts';
import type { OnnxTensor } from './file/onnx-tensor.ts';
import { readOnnxFile } from './file/read-onnx-file.ts';
import { JobNames } from './job-names.ts';
import { isLargeInitializer, Leaves } from './leaves.ts';
import { refuseMissingInitializers } from './missing-initializers.ts';
import { modelBytes } from './model-bytes.ts';
import type { AttributePrecision } from './node-attributes.ts';
import { onnxModelSchema } from './onnx-model.ts';
import { OnnxRefusal } from './onnx-refusal.ts';
import type { OnnxValue } from './onnx-value.ts';
import { checkedOpset } from './opset.ts';
import { type NodeTranslation, translateNodes, valueNamed } from './translate-nodes.ts';

const readModel = objectReader(onnxModelSchema);

/** What frameworks export: a network with its loss as an ONNX file, whose initializers are θ. */
export const onnxFormat: FileFormat = {
  name: 'onnx',

  open(model, pointer, file, faults) {
    const before = faults.list.length;
    const document = readModel(model, pointer, faults);
    const bytes = document && modelBytes(document.base64, file, pointer, faults);
    if (document === undefined || bytes === undefined || faults.list.length > before) return undefined;
    return telling(pointer, faults, () => {
      const read = readOnnxFile(bytes);
      return new OnnxModelFile(read, checkedOpset(read.opset), document, pointer);
    });
  },
};

interface OnnxSettings {
  readonly cost?: string | undefined;
  readonly parameterNames?: Readonly<Record<string, string>> | undefined;
  readonly attributePrecision: AttributePrecision;
}

class OnnxModelFile implements ModelFile {
  readonly #file: OnnxFile;
  readonly #opset: number;
  readonly #settings: OnnxSettings;
  readonly #pointer: string;
  readonly #initializers: ReadonlyMap<string, OnnxTensor>;
  readonly #names: JobNames;
  /** Names of inputs and initializers. */
  readonly #known: ReadonlySet<string>;
  /** Constants whose values were sent among the parameters. */
  readonly #overriding = new Set<string>();

  constructor(file: OnnxFile, opset: number, settings: OnnxSettings, pointer: string) {
    this.#file = file;
    this.#opset = opset;
    this.#settings = settings;
    this.#pointer = pointer;
    this.#initializers = new Map(file.initializers.map((each) => [each.name, each]));
    this.#names = new JobNames(settings.parameterNames);
    this.#known = new Set([...this.#initializers.keys(), ...file.inputs.map(({ name }) => name)]);
  }

  hold({ data, parameters }: ModelInputs, gradients: NamedTensors, faults: Faults): ModelInputs {
    this.#names.refuseUnfit(this.#known, `${this.#pointer}/parameterNames`, faults);
    for (const name of [...parameters.keys(), ...data.keys()]) this.#refuseStranger(name, data, faults);
    const constants = new Map(data);
    const held = new Map<string, Tensor | undefined>();
    for (const [name, tensor] of parameters) {
      // An initializer without a claimed gradient is no part of θ: its values replace those of the file.
      if (gradients.has(name) || !this.#initializers.has(this.#names.inFile(name))) held.set(name, tensor);
      else if (data.has(name))
        faults.add(pointerTo('/data', name), `${quote(name)} is among the parameters too`);
      else {
        this.#overriding.add(name);
        constants.set(name, tensor);
      }
    }
    this.#holdInitializers(held, gradients, faults);
    return { parameters: held, data: this.#withLarge(constants, held, faults) };
  }

  build(inputs: ModelInputs, faults: Faults): Graph | undefined {
    const before = faults.list.length;
    return telling(this.#pointer, faults, () => {
      const emission = new Emission();
      const leaves = new Leaves(this.#file, inputs, this.#names, this.#overriding, emission, faults);
      const translation: NodeTranslation = {
        opset: this.#opset,
        precision: this.#settings.attributePrecision,
        emission,
        leaf: (name) => leaves.find(name),
        refuse: (detail) => faults.add(this.#pointer, detail),
      };
      const values = translateNodes(this.#file.nodes, translation);
      const name = this.#costName();
      const cost = valueNamed(name, values, translation, 'the cost');
      if (cost === undefined || faults.list.length > before) return undefined;
      return emission.builder.finish(scalarCost(name, cost));
    });
  }

  #costName(): string {
    const names = this.#file.outputs.map(({ name }) => name);
    const { cost } = this.#settings;
    if (cost !== undefined) {
      if (names.includes(cost)) return cost;
      throw new OnnxRefusal(
        `the model has no output ${quote(cost)}${didYouMean(cost, names) || `: it has ${names.join(', ')}`}`,
      );
    }
    if (names.length === 1) return names[0];
    const which = names.length === 0 ? 'has no output' : `has the outputs ${names.slice(0, 20).join(', ')}`;
    throw new OnnxRefusal(`the model ${which}: "cost" must name the one that is J`);
  }

  /** Puts the initializers that have a claimed gradient into θ, unless a value was given. */
  #holdInitializers(held: Map<string, Tensor | undefined>, gradients: NamedTensors, faults: Faults): void {
    const claimed = [...gradients.keys()].map((name) => ({ name, inFile: this.#names.inFile(name) }));
    const open = claimed.filter(({ name }) => !held.has(name));
    for (const { name, inFile } of open) {
      const initializer = this.#initializers.get(inFile);
      const tensor = initializer && telling(this.#pointer, faults, () => parameterOf(inFile, initializer));
      held.set(name, tensor);
    }
    const missing = open.filter(({ inFile }) => !this.#initializers.has(inFile));
    const names = new Set(claimed.map(({ inFile }) => inFile));
    refuseMissingInitializers(missing, this.#file, names, faults);
  }

  #refuseStranger(name: string, data: NamedTensors, faults: Faults): void {
    const inFile = this.#names.inFile(name);
    if (this.#known.has(inFile)) return;
    const hint = didYouMean(inFile, this.#known, faults.list.length);
    const section = data.has(name) ? '/data' : '/parameters';
    faults.add(pointerTo(section, name), `the model has no input and no initializer ${quote(inFile)}${hint}`);
  }

  /** The data, and the large initializers that are not in θ. */
  #withLarge(data: NamedTensors, parameters: NamedTensors, faults: Faults): NamedTensors {
    const all = new Map(data);
    for (const initializer of this.#file.initializers) {
      const name = this.#names.inJob(initializer.name);
      if (all.has(name) || parameters.has(name) || !isLargeInitializer(initializer)) continue;
      const content = telling(this.#pointer, faults, () => initializer.read());
      all.set(name, content && { shape: content.shape, dtype: 'float64', values: content.values });
    }
    return all;
  }
}

function parameterOf(name: string, initializer: OnnxTensor): Tensor {
  const { type, shape, values } = initializer.read();
  if (!isFloat(type)) {
    throw new OnnxRefusal(`the initializer ${quote(name)} is ${type}, but a parameter is made of floats`);
  }
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const place = shape.length === 0 ? '' : ` at ${formatShape(unravel(wrong, shape))}`;
    throw new OnnxRefusal(
      `the initializer ${quote(name)} is ${values[wrong]}${place}, but parameters must be finite`,
    );
  }
  const dtype = type === 'float64' ? 'float64' : 'float32';
  return { shape, dtype, values };
}

function scalarCost(name: string, { node, type, shape }: OnnxValue): number {
  if (!isFloat(type)) throw new OnnxRefusal(`the cost ${quote(name)} is ${type}, not a float`);
  if (sizeOf(shape) !== 1) {
    throw new OnnxRefusal(
      `the cost ${quote(name)} has shape ${formatShape(shape)}, but J is one number: export the model with its loss`,
    );
  }
  return node;
}

/** Runs `build`; what it refuses is a fault. */
function telling<T>(pointer: string, faults: Faults, build: () => T): T | undefined {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof OnnxRefusal)) throw error;
    faults.add(pointer, error.message);
    return undefined;
  }
}
