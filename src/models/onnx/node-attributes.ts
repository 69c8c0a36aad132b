import { quote } from '../../tensors/describe-json.ts';
import type { AttributeKind, AttributeValues, OnnxAttribute, OnnxNode } from './file/onnx-file.ts';
import type { OnnxTensor } from './file/onnx-tensor.ts';
import { meantNumber } from './meant-number.ts';
import { OnnxRefusal } from './onnx-refusal.ts';

/** How float attributes are read: as the decimal that was meant, or as the float32 that the file has. */
export type AttributePrecision = 'decimal' | 'float32';

/** The attributes of one node by name. Each must have the type that is asked for, or be absent. */
export class NodeAttributes {
  readonly #node: OnnxNode;
  readonly #precision: AttributePrecision;
  readonly #asked = new Set<string>();

  constructor(node: OnnxNode, precision: AttributePrecision) {
    this.#node = node;
    this.#precision = precision;
  }

  int(name: string): number | undefined {
    return this.#find(name, 'int');
  }

  float(name: string): number | undefined {
    const value = this.#find(name, 'float');
    return value === undefined ? undefined : this.#meant(value);
  }

  text(name: string): string | undefined {
    return this.#find(name, 'string');
  }

  /** 0 or 1 as a truth value. */
  flag(name: string): boolean | undefined {
    const value = this.#find(name, 'int');
    return value === undefined ? undefined : value !== 0;
  }

  ints(name: string): readonly number[] | undefined {
    return this.#find(name, 'ints');
  }

  floats(name: string): readonly number[] | undefined {
    return this.#find(name, 'floats')?.map((value) => this.#meant(value));
  }

  texts(name: string): readonly string[] | undefined {
    return this.#find(name, 'strings');
  }

  tensor(name: string): OnnxTensor | undefined {
    return this.#find(name, 'tensor');
  }

  /** @throws OnnxRefusal when the node has an attribute that nobody asked for: its meaning would be lost. */
  refuseUnread(): void {
    const unread = [...this.#node.attributes.keys()].find((name) => !this.#asked.has(name));
    if (unread !== undefined) {
      throw new OnnxRefusal(`${this.#node.source}: the attribute ${quote(unread)} is not supported here`);
    }
  }

  #find<K extends AttributeKind>(name: string, kind: K): AttributeValues[K] | undefined {
    this.#asked.add(name);
    const found = this.#node.attributes.get(name);
    if (found === undefined) return undefined;
    if (isOf(found, kind)) return found.value;
    const what = found.kind === 'other' ? found.value : `of the type ${found.kind}`;
    throw new OnnxRefusal(`${this.#node.source}: the attribute ${quote(name)} is ${what}, not ${kind}`);
  }

  #meant(value: number): number {
    return this.#precision === 'float32' ? value : meantNumber(value);
  }
}

function isOf<K extends AttributeKind>(
  attribute: OnnxAttribute,
  kind: K,
): attribute is OnnxAttribute & { readonly value: AttributeValues[K] } {
  return attribute.kind === kind;
}
