import { type Faults, pointerTo } from '../../errors/fault.ts';
import { quote } from '../../tensors/describe-json.ts';
import { didYouMean, nearestName } from '../nearest-name.ts';
import { elementType, isFloat } from './element-type.ts';
import type { OnnxFile } from './file/onnx-file.ts';

const mostListed = 10;

/** A claimed gradient whose parameter is no initializer of the file. */
export interface MissingInitializer {
  /** As the job calls it. */
  readonly name: string;
  readonly inFile: string;
}

/**
 * Says of every claimed gradient without an initializer what its name is in the file, if anything. Where it is nothing,
 * and no slip of the pen either, the reason is told once: an exporter has computed something of the parameter already.
 * @param claimed names in the file that do have a gradient
 */
export function refuseMissingInitializers(
  missing: readonly MissingInitializer[],
  { inputs, initializers, nodes }: OnnxFile,
  claimed: ReadonlySet<string>,
  faults: Faults,
): void {
  const ports = new Set(inputs.map((port) => port.name));
  const givers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node.source])));
  const open = initializers
    .filter(({ name, dataType }) => !claimed.has(name) && isFloatType(dataType))
    .map((each) => each.name);
  let isFolded = false;
  for (const { name, inFile } of missing) {
    const giver = givers.get(inFile);
    if (ports.has(inFile)) {
      const detail = `is missing: the model takes ${quote(inFile)} as an input, so its value must be given`;
      faults.add(pointerTo('/parameters', name), detail);
      continue;
    }
    const at = pointerTo('/gradients', name);
    if (giver !== undefined) {
      faults.add(at, `${quote(inFile)} is no initializer of the model, but computed by ${giver}`);
      continue;
    }
    faults.add(
      at,
      `the model has no initializer ${quote(inFile)}${didYouMean(inFile, open, faults.list.length)}`,
    );
    isFolded ||= nearestName(inFile, open) === undefined;
  }
  if (isFolded) faults.add('/model', explanation(open));
}

function explanation(open: readonly string[]): string {
  const listed = [...open.slice(0, mostListed), ...(open.length > mostListed ? ['…'] : [])].join(', ');
  const left = open.length === 0 ? '' : `; the initializers without a gradient are ${listed}`;
  return (
    'parameters are missing from the file. An exporter that folds constants puts what it has computed of a parameter in ' +
    `its place${left}. Export with nothing folded: in PyTorch with do_constant_folding=False and ` +
    'training=torch.onnx.TrainingMode.TRAINING, or with dynamo=True and optimize=False'
  );
}

function isFloatType(dataType: number): boolean {
  const type = elementType(dataType);
  return type !== undefined && isFloat(type);
}
