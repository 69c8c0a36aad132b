import type { Faults } from '../errors/fault.ts';
import { matchTensors } from './matching-tensors.ts';
import type { NamedTensors } from './model-format.ts';

/** Every parameter must have one claimed gradient of its shape, and nothing else may have one. */
export function matchGradients(parameters: NamedTensors, gradients: NamedTensors, faults: Faults): void {
  matchTensors(parameters, gradients, '/gradients', ofParameters, faults);
}

const ofParameters = {
  missing: (name: string) => `the gradient of parameter ${name} is missing`,
  expected: (name: string) => `parameter ${name}`,
  unknown: (quoted: string) => `there is no parameter ${quoted}`,
};
