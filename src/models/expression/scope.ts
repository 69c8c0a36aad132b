import type { ModelInputs } from '../model-format.ts';
import type { Emitter } from './emitter.ts';
import type { Value } from './value.ts';

/** Names that Python and NumPy bring along, unless the job or the cost gives them another meaning. */
const constants: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['pi', { kind: 'number', value: Math.PI }],
  ['e', { kind: 'number', value: Math.E }],
  ['inf', { kind: 'number', value: Number.POSITIVE_INFINITY }],
  ['nan', { kind: 'number', value: Number.NaN }],
  ['newaxis', { kind: 'none' }],
  ['float', { kind: 'dtype', name: 'float' }],
  ['float64', { kind: 'dtype', name: 'float' }],
  ['double', { kind: 'dtype', name: 'float' }],
  ['int', { kind: 'dtype', name: 'int' }],
  ['int64', { kind: 'dtype', name: 'int' }],
  ['int32', { kind: 'dtype', name: 'int' }],
  ['bool', { kind: 'dtype', name: 'bool' }],
  ['bool_', { kind: 'dtype', name: 'bool' }],
]);

const modules: ReadonlySet<string> = new Set(['np', 'numpy', 'math']);

/** What names mean: first those assigned in the cost, then the job's parameters, then its data, then constants. */
export class Scope {
  readonly #inputs: ModelInputs;
  /** Undefined where the value was refused. */
  readonly #assigned = new Map<string, Value | undefined>();
  readonly #missed = new Set<string>();
  #unknownIgnored = false;

  constructor(inputs: ModelInputs) {
    this.#inputs = inputs;
  }

  /** `value` is undefined where something is wrong with it that has been told already. */
  find(name: string, emit: Emitter): { readonly value: Value | undefined } | undefined {
    if (this.#assigned.has(name)) return { value: this.#assigned.get(name) };
    for (const kind of ['parameter', 'data'] as const) {
      const tensors = kind === 'parameter' ? this.#inputs.parameters : this.#inputs.data;
      if (!tensors.has(name)) continue;
      const tensor = tensors.get(name);
      return { value: tensor && emit.leaf(kind, name, tensor) };
    }
    return this.constant(name);
  }

  /** What `np.name` is. */
  constant(name: string): { readonly value: Value } | undefined {
    const value = constants.get(name);
    return value && { value };
  }

  assign(name: string, value: Value | undefined): void {
    this.#assigned.set(name, value);
  }

  /** Whether the job has a tensor of this name, and as what. */
  tensorKind(name: string): 'parameter' | 'data' | undefined {
    if (this.#inputs.parameters.has(name)) return 'parameter';
    return this.#inputs.data.has(name) ? 'data' : undefined;
  }

  isModule(name: string): boolean {
    return modules.has(name) && !this.#assigned.has(name) && this.tensorKind(name) === undefined;
  }

  has(name: string): boolean {
    return this.#assigned.has(name) || this.tensorKind(name) !== undefined || constants.has(name);
  }

  /** Whether it is to be told that the name means nothing: the first time, unless unknown names are ignored. */
  missed(name: string): boolean {
    if (this.#unknownIgnored || this.#missed.has(name)) return false;
    this.#missed.add(name);
    return true;
  }

  /** From now on unknown names are not told: a statement that was refused may have assigned them. */
  ignoreUnknown(): void {
    this.#unknownIgnored = true;
  }

  get names(): string[] {
    const { parameters, data } = this.#inputs;
    return [...this.#assigned.keys(), ...parameters.keys(), ...data.keys(), ...constants.keys()];
  }
}
