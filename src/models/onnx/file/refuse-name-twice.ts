import { quote } from '../../../tensors/describe-json.ts';
import { OnnxRefusal } from '../onnx-refusal.ts';
import type { OnnxFile } from './onnx-file.ts';

const input = 'an input';

/**
 * A name of a graph means one value. Only an initializer may be an input too, as old files have it.
 * @throws OnnxRefusal for the first name that is given twice: one of its meanings would be lost without a word.
 */
export function refuseNameTwice({ inputs, initializers, nodes }: OnnxFile): void {
  const givers = new Map<string, string>();
  const give = (name: string, giver: string) => {
    const first = givers.get(name);
    if (first !== undefined && name !== '') {
      throw new OnnxRefusal(`the name ${quote(name)} is given twice: to ${first} and to ${giver}`);
    }
    givers.set(name, giver);
  };
  for (const { name } of inputs) give(name, input);
  for (const { name } of initializers) {
    if (givers.get(name) === input) givers.delete(name);
    give(name, 'an initializer');
  }
  for (const node of nodes) for (const name of node.outputs) give(name, `an output of ${node.source}`);
}
