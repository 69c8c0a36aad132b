import type { Faults } from '../../errors/fault.ts';
import { matchGradients } from '../claimed-gradients.ts';
import { matchTensors } from '../matching-tensors.ts';
import type { NamedTensors } from '../model-format.ts';
import { readNamedTensors, refuseNonFinite } from '../named-tensors.ts';
import { objectReader } from '../schema-faults.ts';
import type { TensorFileReader } from '../tensor-files.ts';
import { MovedFaults } from './moved-faults.ts';
import { pointDocumentSchema } from './point-document.ts';
import type { PointPlace } from './point-places.ts';

/** What a point is called, and J there as the client computed it. */
export interface PointFields {
  readonly name?: string | undefined;
  readonly cost?: number | undefined;
}

/** A point of θ as a document has it; a tensor that could not be read is there without a value. */
export interface PointTensors extends PointFields {
  readonly parameters: NamedTensors | undefined;
  readonly gradients: NamedTensors | undefined;
}

const readFields = objectReader(pointDocumentSchema.pick({ name: true, cost: true }).strict());

/** Reads all of a listed point but its tensors. */
export function readPointFields({ fields, pointer }: PointPlace, faults: Faults): PointFields {
  if (fields === undefined) return {};
  // Tensors are read by themselves: a schema would walk through all their numbers.
  const { parameters: _, gradients: __, ...own } = fields;
  return readFields(own, pointer, faults) ?? {};
}

/**
 * Reads a point behind the first.
 * @param first the parameters of the first point, whose names and shapes every point has; undefined where unknown
 */
export function readPoint(
  place: PointPlace,
  first: NamedTensors | undefined,
  file: TensorFileReader,
  all: Faults,
): PointTensors {
  const faults = new MovedFaults(all, place.pointer);
  const { fields, parametersFile, gradientsFile } = place;
  if (fields === undefined) return { parameters: undefined, gradients: undefined };
  const inFile = {
    parameters: file.read(parametersFile, '/parameters', faults),
    gradients: file.read(gradientsFile, '/gradients', faults),
  };
  const parameters = readNamedTensors(fields.parameters, '/parameters', faults, inFile.parameters);
  const gradients = readNamedTensors(fields.gradients, '/gradients', faults, inFile.gradients);
  if (parameters !== undefined) {
    refuseNonFinite(parameters, fields.parameters, '/parameters', faults);
    if (first !== undefined) matchTensors(first, parameters, '/parameters', ofFirstPoint, faults);
  }
  const expected = first ?? parameters;
  if (expected !== undefined && gradients !== undefined) matchGradients(expected, gradients, faults);
  return { ...readPointFields(place, all), parameters, gradients };
}

const ofFirstPoint = {
  missing: (parameter: string) => `the parameter ${parameter} is missing: every point has those of the first`,
  expected: (parameter: string) => `${parameter} of the first point`,
  unknown: (quoted: string) => `there is no parameter ${quoted} at the first point`,
};
