import { ShapeError } from '../../graph/op.ts';
import { quote } from '../../tensors/describe-json.ts';
import { didYouMean } from '../nearest-name.ts';
import { allDefined } from './all-defined.ts';
import { applyAttribute } from './attributes.ts';
import { CallLowering } from './call-lowering.ts';
import { dottedPath } from './dotted-path.ts';
import type { Emitter } from './emitter.ts';
import { type ExpressionFaults, Refusal } from './expression-faults.ts';
import { functionTable } from './functions/function-table.ts';
import { applyIndex, type IndexPart } from './indexing.ts';
import { applyBinary, applyUnary } from './operators.ts';
import type { Scope } from './scope.ts';
import { sequenceOf } from './sequences.ts';
import type { SourceText } from './source-text.ts';
import type { Chain, Expression, IndexEntry, Span } from './syntax-tree.ts';
import type { Value } from './value.ts';

/**
 * Lowers expressions to the graph. An expression that cannot be lowered is undefined after its fault has been noted,
 * and so is, silently, everything that is made of it; the parts of an expression are lowered whatever becomes of the
 * others, so that each fault is told.
 */
export class Lowering {
  readonly scope: Scope;
  readonly #source: SourceText;
  readonly #faults: ExpressionFaults;
  readonly #emit: Emitter;
  readonly #calls: CallLowering;

  constructor(source: SourceText, faults: ExpressionFaults, scope: Scope, emit: Emitter) {
    this.#source = source;
    this.#faults = faults;
    this.scope = scope;
    this.#emit = emit;
    this.#calls = new CallLowering(this);
  }

  lower(expression: Expression): Value | undefined {
    switch (expression.kind) {
      case 'number':
        return { kind: 'number', value: expression.value };
      case 'boolean':
        return { kind: 'boolean', value: expression.value };
      case 'none':
        return { kind: 'none' };
      case 'ellipsis':
        return { kind: 'ellipsis' };
      case 'refused':
        return undefined;
      case 'name':
        return this.#name(expression);
      case 'sequence':
        return this.#sequence(expression);
      case 'unary':
        return this.#unary(expression);
      case 'chain':
        return this.#chain(expression);
      case 'attribute':
        return this.#attribute(expression);
      case 'call':
        return this.#calls.lower(expression);
      case 'index':
        return this.#index(expression);
    }
  }

  /** Runs `build` for the place `at` within `span`; what it refuses is noted there, and the result is undefined. */
  attempt(at: number, span: Span, build: (emit: Emitter) => Value | undefined): Value | undefined {
    try {
      return build(this.#emit.at(this.#source.position(at)));
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof ShapeError)) throw error;
      const offset = error instanceof Refusal ? error.offset : undefined;
      this.refuse(offset ?? at, span, error.message);
      return undefined;
    }
  }

  refuse(at: number, span: Span, detail: string): void {
    this.#faults.add(at, `${this.#source.excerpt(span.from, span.to)}: ${detail}`);
  }

  /** Notes that a name means nothing, once for each name. */
  refuseName(name: string, span: Span): void {
    if (!this.scope.missed(name)) return;
    const detail = functionTable.has(name)
      ? `${name} is a function: write ${name}(…)`
      : `unknown name ${quote(name)}${didYouMean(name, this.scope.names)}`;
    this.#faults.add(span.from, detail);
  }

  #name({ name, from, to }: Expression & { kind: 'name' }): Value | undefined {
    const found = this.scope.find(name, this.#emit);
    if (found === undefined) this.refuseName(name, { from, to });
    return found?.value;
  }

  #sequence(expression: Expression & { kind: 'sequence' }): Value | undefined {
    const items = allDefined(expression.items.map((item) => this.lower(item)));
    return items && this.attempt(expression.from, expression, () => sequenceOf(items, expression.list));
  }

  #unary(expression: Expression & { kind: 'unary' }): Value | undefined {
    const operand = this.lower(expression.operand);
    if (operand === undefined) return undefined;
    return this.attempt(expression.from, expression, (emit) =>
      applyUnary(emit, expression.operator, operand),
    );
  }

  #chain({ first, rest }: Span & Chain): Value | undefined {
    let value = this.lower(first);
    for (const { operator, at, right } of rest) {
      const left = value;
      const operand = this.lower(right);
      const span = { from: first.from, to: right.to };
      value = left && operand && this.attempt(at, span, (emit) => applyBinary(emit, operator, left, operand));
    }
    return value;
  }

  #attribute(expression: Expression & { kind: 'attribute' }): Value | undefined {
    const path = dottedPath(expression);
    const dotted = path?.join('.') ?? '';
    // Names with dots are those that PyTorch gives: `fc1.weight`.
    if (this.scope.tensorKind(dotted) !== undefined) return this.scope.find(dotted, this.#emit)?.value;
    const [root, ...rest] = path ?? [];
    if (root !== undefined && this.scope.isModule(root)) {
      const found = this.scope.constant(rest.join('.'));
      if (found === undefined) this.refuseName(rest.join('.'), expression);
      return found?.value;
    }
    const object = this.lower(expression.object);
    if (object === undefined) return undefined;
    return this.attempt(expression.object.to, expression, (emit) =>
      applyAttribute(emit, object, expression.name),
    );
  }

  #index(expression: Expression & { kind: 'index' }): Value | undefined {
    const object = this.lower(expression.object);
    const parts = allDefined(expression.entries.map((entry) => this.#indexPart(entry)));
    if (object === undefined || parts === undefined) return undefined;
    return this.attempt(expression.object.to, expression, (emit) => applyIndex(emit, object, parts));
  }

  #indexPart(entry: IndexEntry): IndexPart | undefined {
    if (entry.kind === 'item') {
      const value = this.lower(entry.value);
      return value && { kind: 'item', value };
    }
    const bound = (expression: Expression | undefined): Value | undefined =>
      expression === undefined ? { kind: 'none' } : this.lower(expression);
    const bounds = allDefined([bound(entry.start), bound(entry.stop), bound(entry.step)]);
    return bounds && { kind: 'slice', start: bounds[0], stop: bounds[1], step: bounds[2] };
  }
}
