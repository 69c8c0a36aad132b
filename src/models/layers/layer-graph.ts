import { type Faults, pointerTo } from '../../errors/fault.ts';
import { describeJson, quote } from '../../tensors/describe-json.ts';
import { isObject, readBySchema } from '../schema-faults.ts';
import { joiningSchema } from './layer.ts';
import { layerKinds } from './layer-registry.ts';
import { readPartKind } from './part-type.ts';
import { type Lowering, type MaybeNode, Site } from './site.ts';

/** The input of the model, or what one of its layers gives. */
interface Activation {
  readonly node: MaybeNode;
  readonly pointer: string;
  /** How messages call it: `layers[2] (dense)`. */
  readonly source: string;
  isRead: boolean;
}

/** The input of a model: its name, its node, and the place in the document that says so. */
export interface ModelInput {
  readonly name: string | undefined;
  readonly node: MaybeNode;
  readonly pointer: string;
}

const joining = joiningSchema.shape;

/**
 * The layers of one model as an acyclic graph: a layer takes the one before it, or the layers before it and the
 * tensors that it names. Layers come one after the other, and losses read what they gave.
 */
export class LayerGraph {
  readonly #lowering: Lowering;
  readonly #activations: Activation[];
  /** Names of layers, and the position in `#activations` that each has or is going to have. */
  readonly #positions = new Map<string, number>();
  readonly #inputName: string | undefined;

  /** Lowers the layers in their order. A list that is none is a fault; then there are no layers. */
  constructor(layers: unknown, pointer: string, input: ModelInput, lowering: Lowering) {
    this.#lowering = lowering;
    this.#inputName = input.name;
    this.#activations = [{ node: input.node, pointer: input.pointer, source: 'input', isRead: false }];
    if (!Array.isArray(layers) || layers.length === 0) {
      lowering.faults.add(pointer, `must be an array of one layer or more, not ${describeJson(layers)}`);
      this.#activations = [{ node: undefined, pointer, source: 'layers', isRead: true }];
      return;
    }
    layers.forEach((layer: unknown, i) => {
      this.#enterName(layer, i, pointerTo(pointer, i));
    });
    layers.forEach((layer: unknown, i) => {
      this.#append(layer, i, pointerTo(pointer, i));
    });
  }

  /** What the last layer gives. */
  readLast(): MaybeNode {
    return this.#read(this.#activations.length - 1);
  }

  /** What `name` means to the part at `site`, whose place is behind all that has been appended so far. */
  readNamed(name: string, site: Site, ...path: readonly (string | number)[]): MaybeNode {
    const position = this.#positions.get(name);
    const next = this.#activations.length;
    if (position !== undefined && position < next) return this.#read(position);
    if (position !== undefined) {
      const where =
        position === next ? 'is this layer itself' : `is layers[${position - 1}], which comes later`;
      site.fault(
        `${quote(name)} ${where}: a layer takes only what comes before it, so that there is no cycle`,
        ...path,
      );
      return undefined;
    }
    if (name === this.#inputName) return this.#read(0);
    if (site.hasTensor(name)) return site.tensor(name, ...path);
    site.refuseUnknown('layer and no tensor', name, this.#positions.keys(), ...path);
    return undefined;
  }

  /** Adds a fault for every activation that nothing reads. */
  refuseUnread(faults: Faults): void {
    for (const { isRead, pointer, source } of this.#activations) {
      if (!isRead) faults.add(pointer, `${source}: no layer and no loss takes it`);
    }
  }

  #read(position: number): MaybeNode {
    const activation = this.#activations[position];
    activation.isRead = true;
    return activation.node;
  }

  #append(layer: unknown, i: number, pointer: string): void {
    const found = readPartKind(layer, pointer, `layers[${i}]`, layerKinds, this.#lowering.faults);
    const source = found === undefined ? `layers[${i}]` : `layers[${i}] (${found.type})`;
    const site = new Site(this.#lowering, pointer, source);
    const inputs = this.#inputsOf(layer, pointer, site);
    const node = found?.kind.lower(layer, inputs, site);
    this.#activations.push({ node, pointer, source, isRead: false });
  }

  #inputsOf(layer: unknown, pointer: string, site: Site): readonly MaybeNode[] {
    if (!isObject(layer) || layer.inputs === undefined) return [this.readLast()];
    const names = readBySchema(
      joining.inputs,
      layer.inputs,
      pointerTo(pointer, 'inputs'),
      this.#lowering.faults,
    );
    return names?.map((name, j) => this.readNamed(name, site, 'inputs', j)) ?? [this.readLast()];
  }

  #enterName(layer: unknown, i: number, pointer: string): void {
    if (!isObject(layer)) return;
    const { faults } = this.#lowering;
    const name = readBySchema(joining.name, layer.name, pointerTo(pointer, 'name'), faults);
    if (name === undefined) return;
    const site = new Site(this.#lowering, pointer, `layers[${i}]`);
    const earlier = this.#positions.get(name);
    if (earlier !== undefined)
      site.fault(`${quote(name)} is the name of layers[${earlier - 1}] already`, 'name');
    else if (site.hasTensor(name)) site.fault(`${quote(name)} is the name of a tensor already`, 'name');
    else this.#positions.set(name, i + 1);
  }
}
