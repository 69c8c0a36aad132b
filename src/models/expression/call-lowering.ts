import { quote } from '../../tensors/describe-json.ts';
import { didYouMean } from '../nearest-name.ts';
import { allDefined } from './all-defined.ts';
import { dottedPath } from './dotted-path.ts';
import { bindArguments, type GivenArgument } from './functions/bind-arguments.ts';
import { CallArguments } from './functions/call-arguments.ts';
import type { FunctionDefinition } from './functions/function-definition.ts';
import { functionTable, methodTable } from './functions/function-table.ts';
import type { Lowering } from './lowering.ts';
import type { Argument, Expression } from './syntax-tree.ts';
import type { Value } from './value.ts';

type Call = Expression & { kind: 'call' };

/** The function that a call names, and the object it is called on when it is a method. */
interface Callee {
  readonly definition: FunctionDefinition;
  readonly object?: Expression;
  /** Where its name starts. */
  readonly at: number;
}

/** Lowers calls: finds the function, binds its arguments and lets it append its nodes. */
export class CallLowering {
  readonly #lowering: Lowering;

  constructor(lowering: Lowering) {
    this.#lowering = lowering;
  }

  lower(call: Call): Value | undefined {
    const callee = this.#callee(call);
    const self = callee?.object;
    const object = self === undefined ? [] : [this.#argument({ from: self.from, to: self.to, value: self })];
    const given = allDefined([...object, ...call.args.map((argument) => this.#argument(argument))]);
    if (callee === undefined || given === undefined) return undefined;
    const { definition, at } = callee;
    return this.#lowering.attempt(at, call, (emit) =>
      definition.lower(new CallArguments(bindArguments(definition, given), emit), emit),
    );
  }

  #argument({ name, value, from }: Argument): GivenArgument | undefined {
    const lowered = this.#lowering.lower(value);
    return lowered && { ...(name === undefined ? {} : { name }), offset: from, value: lowered };
  }

  /** Undefined when there is no such function; then that has been noted. */
  #callee({ callee, ...call }: Call): Callee | undefined {
    const { scope } = this.#lowering;
    const path = dottedPath(callee);
    const [root] = path ?? [];
    if (path !== undefined && (path.length === 1 || scope.isModule(root))) {
      const name = path.length === 1 ? root : path.slice(1).join('.');
      const definition = functionTable.get(name);
      if (definition !== undefined) return { definition, at: callee.from };
      this.#refuseFunction(name, callee);
      return undefined;
    }
    if (callee.kind !== 'attribute') {
      this.#lowering.refuse(callee.from, call, 'only functions can be called; to multiply write *');
      return undefined;
    }
    return this.#method(callee, root);
  }

  #method(callee: Expression & { kind: 'attribute' }, root: string | undefined): Callee | undefined {
    const { name, object } = callee;
    const at = callee.to - name.length;
    const definition = methodTable.get(name);
    const foreign = root !== undefined && object.kind === 'name' && !this.#lowering.scope.has(root);
    if (definition !== undefined) return { definition, object, at };
    if (foreign && functionTable.has(name)) {
      this.#lowering.refuse(callee.from, callee, `functions have no prefix but np: write ${name}(…)`);
      return undefined;
    }
    this.#lowering.lower(object);
    const known = functionTable.has(name) ? `: write ${name}(x)` : didYouMean(name, methodTable.keys());
    if (!foreign) this.#lowering.refuse(at, callee, `unknown method ${quote(name)}${known}`);
    return undefined;
  }

  #refuseFunction(name: string, callee: Expression): void {
    const { scope } = this.#lowering;
    if (scope.has(name)) {
      this.#lowering.refuse(callee.from, callee, `${name} is not a function; to multiply write *`);
    } else if (scope.missed(`${name}()`)) {
      this.#lowering.refuse(
        callee.from,
        callee,
        `unknown function ${quote(name)}${didYouMean(name, functionTable.keys())}`,
      );
    }
  }
}
