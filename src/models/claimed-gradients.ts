import { type Faults, pointerTo } from '../errors/fault.ts';
import { quote } from '../tensors/describe-json.ts';
import { formatShape, sameShape } from '../tensors/tensor.ts';
import type { NamedTensors } from './model-format.ts';
import { didYouMean } from './nearest-name.ts';

/** Every parameter must have one claimed gradient of its shape, and nothing else may have one. */
export function matchGradients(parameters: NamedTensors, gradients: NamedTensors, faults: Faults): void {
  for (const [name, parameter] of parameters) {
    const at = pointerTo('/gradients', name);
    const gradient = gradients.get(name);
    if (!gradients.has(name)) {
      faults.add(at, `the gradient of parameter ${name} is missing`);
    } else if (
      parameter !== undefined &&
      gradient !== undefined &&
      !sameShape(parameter.shape, gradient.shape)
    ) {
      const shapes = `has shape ${formatShape(gradient.shape)}, but parameter ${name} has shape ${formatShape(parameter.shape)}`;
      faults.add(at, shapes);
    }
  }
  for (const name of gradients.keys()) {
    if (!parameters.has(name)) {
      const hint = didYouMean(name, parameters.keys(), faults.list.length);
      faults.add(pointerTo('/gradients', name), `there is no parameter ${quote(name)}${hint}`);
    }
  }
}
