import type { Faults } from '../errors/fault.ts';
import type { Graph } from '../graph/graph.ts';
import type { Tensor } from '../tensors/tensor.ts';

/**
 * The named tensors that a model may refer to. A tensor that was sent but could not be read is present with the
 * value `undefined`: its name is known, its shape is not, and its own fault has been noted already.
 */
export type NamedTensors = ReadonlyMap<string, Tensor | undefined>;

export interface ModelInputs {
  readonly data: NamedTensors;
  readonly parameters: NamedTensors;
}

/** One way of writing a cost function. Each lives in a folder of its own and knows nothing of how it is evaluated. */
export type ModelFormat = DocumentFormat | FileFormat;

/** A model that is written in the document itself. */
export interface DocumentFormat {
  /** The value of `model.format`. */
  readonly name: string;

  /** Names of data that the format reads without the document naming them. */
  readonly impliedData?: readonly string[];

  /**
   * Turns the document's `model` object into a graph. Every fault found is added to `faults` with a pointer below
   * `pointer` (normally `/model`), and building goes on as far as it can so that all faults are heard at once.
   * @returns the graph, or undefined when any fault was added.
   */
  build(model: unknown, pointer: string, inputs: ModelInputs, faults: Faults): Graph | undefined;
}

/** A model that is a file, which holds values of θ too. */
export interface FileFormat {
  readonly name: string;

  /**
   * Reads the file, which is in the document's `model` object or beside it.
   * @returns undefined when any fault was added.
   */
  open(model: unknown, pointer: string, file: Uint8Array | undefined, faults: Faults): ModelFile | undefined;
}

/** A model file that has been read. */
export interface ModelFile {
  /**
   * What a job is made of: the tensors given with it, and those of the file. θ is what is given as parameters, and the
   * tensors of the file that have a claimed gradient; the rest of the file's may become data.
   */
  hold(given: ModelInputs, gradients: NamedTensors, faults: Faults): ModelInputs;

  /** As `DocumentFormat.build`. */
  build(inputs: ModelInputs, faults: Faults): Graph | undefined;
}
