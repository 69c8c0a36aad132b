import { sizeOf } from '../../tensors/tensor.ts';
import { type ExpressionFaults, Refusal } from './expression-faults.ts';
import type { Lowering } from './lowering.ts';
import { applyBinary } from './operators.ts';
import type { Statement, Target } from './syntax-tree.ts';
import { describeValue, type TensorValue, type Value } from './value.ts';

/** Lowers the statements of a cost in order; the last one is the cost. Undefined when something was refused. */
export class StatementLowering {
  readonly #lowering: Lowering;
  readonly #faults: ExpressionFaults;

  constructor(lowering: Lowering, faults: ExpressionFaults) {
    this.#lowering = lowering;
    this.#faults = faults;
  }

  lower(statements: readonly Statement[]): TensorValue | undefined {
    const last = statements.at(-1);
    if (last === undefined) {
      this.#faults.add(0, 'the cost is empty');
      return undefined;
    }
    for (const statement of statements.slice(0, -1)) this.#statement(statement);
    if (last.kind === 'value') return this.#cost(last);
    this.#statement(last);
    if (last.kind === 'assignment' || last.kind === 'update') this.#refuseLast(last);
    return undefined;
  }

  #refuseLast(last: Statement & { kind: 'assignment' | 'update' }): void {
    const names = last.kind === 'update' ? [last.target] : last.targets.flat();
    const hint = names.length === 1 ? `: add \`; ${names[0].name}\` if that is the cost` : '';
    this.#faults.add(last.from, `the last statement must be the cost, not an assignment${hint}`);
  }

  #statement(statement: Statement): void {
    switch (statement.kind) {
      case 'value':
        this.#lowering.lower(statement.value);
        this.#faults.add(
          statement.from,
          'the value of this statement is lost: only the last statement is the cost, so assign the others to names',
        );
        return;
      case 'assignment': {
        const value = this.#lowering.lower(statement.value);
        for (const targets of statement.targets) this.#assign(targets, value, statement);
        return;
      }
      case 'update':
        this.#update(statement);
        return;
      case 'refused':
        // It may have been meant to give names a meaning.
        this.#lowering.scope.ignoreUnknown();
    }
  }

  #assign(targets: readonly Target[], value: Value | undefined, statement: Statement): void {
    if (targets.length === 1) {
      this.#assignOne(targets[0], value);
      return;
    }
    const items = value?.kind === 'sequence' ? value.items : [];
    if (value !== undefined && items.length !== targets.length) {
      const detail = `${describeValue(value)} cannot be assigned to ${targets.length} names`;
      this.#lowering.refuse(statement.from, statement, detail);
    }
    targets.forEach((target, i) => {
      this.#assignOne(target, items.length === targets.length ? items[i] : undefined);
    });
  }

  #assignOne(target: Target, value: Value | undefined): void {
    const kind = this.#lowering.scope.tensorKind(target.name);
    if (kind === undefined) {
      this.#lowering.scope.assign(target.name, value);
      return;
    }
    const what = kind === 'parameter' ? 'a parameter' : 'data';
    this.#lowering.refuse(target.from, target, `this name is ${what} of the job and cannot be assigned to`);
  }

  #update(statement: Statement & { kind: 'update' }): void {
    const { target, operator, at } = statement;
    const left = this.#lowering.lower({ kind: 'name', ...target });
    const right = this.#lowering.lower(statement.value);
    const value =
      left &&
      right &&
      this.#lowering.attempt(at, statement, (emit) => applyBinary(emit, operator, left, right));
    this.#assignOne(target, value);
  }

  #cost(statement: Statement & { kind: 'value' }): TensorValue | undefined {
    const value = this.#lowering.lower(statement.value);
    if (value === undefined) return undefined;
    const cost = this.#lowering.attempt(statement.from, statement, (emit) => {
      const tensor = emit.tensor(value);
      if (sizeOf(tensor.shape) === 1) return emit.reshape(tensor, []);
      throw new Refusal(
        `the cost must be one number, not ${describeValue(tensor)}: reduce it with sum(…) or mean(…)`,
      );
    });
    return cost?.kind === 'tensor' ? cost : undefined;
  }
}
