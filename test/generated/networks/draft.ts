import type { Shape } from '../../../src/tensors/tensor.ts';
import { Draws, type Nested } from './draws.ts';

export type Layer = Readonly<Record<string, unknown>> & { readonly type: string };

export type LayoutName = 'batch-first' | 'features-first';

/** A network while it is drawn: its layers, and the tensors that they name. */
export class Draft {
  readonly draws: Draws;
  readonly examples: number;
  readonly layout: LayoutName;
  /** What the entries of the input are multiplied by. */
  readonly inputScale: number;
  readonly layers: Layer[] = [];
  readonly parameters = new Map<string, { readonly shape: Shape; readonly values: Nested }>();
  readonly data = new Map<string, Nested>();
  /** Whether units, or the loss, may be so far from 0 that little of the gradient is left. */
  isSaturated: boolean;

  constructor(random: () => number, layout: LayoutName | 'either' = 'batch-first') {
    this.draws = new Draws(random);
    this.examples = this.draws.between(3, 5);
    this.layout = layout === 'either' ? this.draws.oneOf(['batch-first', 'features-first']) : layout;
    this.inputScale = this.draws.oneOf([1, 1, 1, 1, 1, 1, 1, 1e-6, 100, 1e6]);
    this.isSaturated = this.inputScale > 1;
  }

  /** Adds a layer; its name, when it has one, is what others take it by. */
  add(layer: Layer): void {
    this.layers.push(layer);
  }

  /** Adds a parameter of normal numbers and returns its name, which tells its role and its number. */
  parameter(role: string, shape: Shape, scale: number, mean = 0): string {
    const name = `${role}${this.parameters.size + 1}`;
    const values = this.draws.nested(shape, () => mean + scale * this.draws.normal());
    this.parameters.set(name, { shape, values });
    return name;
  }

  /** A weight that keeps the scale of what it is multiplied with, from so many inputs. */
  weight(shape: Shape, inputs: number): string {
    return this.parameter('W', shape, 1 / Math.sqrt(inputs));
  }

  bias(shape: Shape): string {
    return this.parameter('b', shape, 0.3);
  }

  /** The model's input X. */
  input(shape: Shape): void {
    this.data.set(
      'X',
      this.draws.nested(shape, () => this.inputScale * this.draws.normal()),
    );
  }

  /** The shape of an activation with so many features. */
  across(features: number): Shape {
    return this.layout === 'features-first' ? [features, this.examples] : [this.examples, features];
  }

  /** A dense layer, with a bias or without. */
  dense(from: number, to: number, fields: { readonly name?: string; readonly scale?: number } = {}): void {
    const isFirst = this.layout === 'features-first';
    const scale = (fields.scale ?? 1) / Math.sqrt(from);
    this.add({
      type: 'dense',
      ...(fields.name === undefined ? {} : { name: fields.name }),
      weights: this.parameter('W', isFirst ? [to, from] : [from, to], scale),
      ...(this.draws.chance(0.85) ? { bias: this.bias(isFirst ? [to, 1] : [to]) } : {}),
    });
  }
}
