import type { SyntaxNode } from '@lezer/common';
import { deepestNesting } from './brackets.ts';
import type { ExpressionFaults } from './expression-faults.ts';
import { readNumber } from './number-literal.ts';
import { lookalikes, refusedOperators, refusedSyntax } from './refused-syntax.ts';
import type { SourceText } from './source-text.ts';
import { childrenOf, splitAt } from './syntax-nodes.ts';
import type { Argument, Expression, IndexEntry, Span } from './syntax-tree.ts';

const tooDeep = 'this is nested too deep: assign parts to names first';

/** Turns the parser's nodes into expressions. Only nodes named here get through; every other one is refused. */
export class SyntaxReader {
  readonly source: SourceText;
  readonly faults: ExpressionFaults;

  constructor(source: SourceText, faults: ExpressionFaults) {
    this.source = source;
    this.faults = faults;
  }

  /** @param depth how many expressions this one lies in */
  read(node: SyntaxNode, depth: number): Expression {
    const { from, to } = node;
    if (depth > deepestNesting) return this.refuse(node, `this is nested deeper than ${deepestNesting}`);
    switch (node.name) {
      case 'Number':
        return this.#number(node);
      case 'Boolean':
        return { kind: 'boolean', value: this.textOf(node) === 'True', from, to };
      case 'None':
        return { kind: 'none', from, to };
      case 'Ellipsis':
        return { kind: 'ellipsis', from, to };
      case 'VariableName':
        return this.#name(node);
      case 'ParenthesizedExpression':
        return this.#inner(node, depth);
      case 'TupleExpression':
      case 'ArrayExpression':
        return this.sequence(childrenOf(node).slice(1, -1), node, depth);
      case 'UnaryExpression':
        return this.#unary(node, depth);
      case 'BinaryExpression':
        return this.#chain(node, depth);
      case 'MemberExpression':
        return this.#member(node, depth);
      case 'CallExpression':
        return this.#call(node, depth);
      default:
        return this.refuse(node);
    }
  }

  /** A tuple or list of the expressions among `nodes`; commas are left out. */
  sequence(nodes: readonly SyntaxNode[], span: Span & { name: string }, depth: number): Expression {
    const items = nodes.filter((node) => node.name !== ',');
    const star = items.find((node) => node.name === '*');
    if (star !== undefined) return this.refuse(star, 'unpacking with `*` is not supported');
    const { from, to } = span;
    return {
      kind: 'sequence',
      list: span.name === 'ArrayExpression',
      items: items.map((item) => this.read(item, depth + 1)),
      from,
      to,
    };
  }

  /** Notes why a node is not taken. */
  refuse(node: Span & { name: string }, detail?: string): Expression & { kind: 'refused' } {
    const reason = detail ?? refusedSyntax[node.name] ?? 'this is not supported';
    this.faults.add(node.from, `${this.source.excerpt(node.from, node.to)}: ${reason}`);
    return { kind: 'refused', from: node.from, to: node.to };
  }

  textOf({ from, to }: Span): string {
    return this.source.text.slice(from, to);
  }

  #number(node: SyntaxNode): Expression {
    const read = readNumber(this.textOf(node));
    if (typeof read === 'string') return this.refuse(node, read);
    return { kind: 'number', value: read, from: node.from, to: node.to };
  }

  #name(node: SyntaxNode): Expression {
    const name = this.textOf(node);
    // The grammar takes every character beyond ASCII for a letter.
    const odd = /[^\p{L}\p{M}\p{N}_]/u.exec(name)?.[0] ?? [...name].find((letter) => letter in lookalikes);
    if (odd !== undefined) {
      const meant = odd in lookalikes ? `: write ${lookalikes[odd]}` : '';
      return this.refuse(node, `${JSON.stringify(odd)} cannot be part of a name${meant}`);
    }
    return { kind: 'name', name, from: node.from, to: node.to };
  }

  #inner(node: SyntaxNode, depth: number): Expression {
    const [, inner, ...rest] = childrenOf(node);
    if (rest.length > 1 && inner.name !== '*') return this.#tooDeep(node);
    if (inner.name === '*') return this.refuse(inner, 'unpacking with `*` is not supported');
    return { ...this.read(inner, depth), from: node.from, to: node.to };
  }

  #unary(node: SyntaxNode, depth: number): Expression {
    const [sign, operand, ...more] = childrenOf(node);
    if (more.length > 0) return this.#tooDeep(node);
    const operator = this.textOf(sign);
    const reason = refusedOperators[operator];
    if (reason !== undefined) return this.refuse(node, reason);
    return {
      kind: 'unary',
      operator,
      operand: this.read(operand, depth + 1),
      from: node.from,
      to: node.to,
    };
  }

  #chain(node: SyntaxNode, depth: number): Expression {
    const links: { operators: SyntaxNode[]; right: SyntaxNode }[] = [];
    let left = node;
    while (left.name === 'BinaryExpression') {
      const parts = childrenOf(left);
      const words = parts.length === 4 && ['not', 'is'].includes(parts[1].name);
      if (parts.length !== 3 && !words) return this.#tooDeep(node);
      links.push({ operators: parts.slice(1, -1), right: parts[parts.length - 1] });
      left = parts[0];
    }
    links.reverse();
    const first = this.read(left, depth + 1);
    const rest = links.map(({ operators, right }) => {
      const operator = operators.map((word) => this.textOf(word)).join(' ');
      const reason = refusedOperators[operator];
      if (reason !== undefined) this.faults.add(operators[0].from, reason);
      return { operator, at: operators[0].from, right: this.read(right, depth + 1) };
    });
    const { from, to } = node;
    if (rest.some(({ operator }) => operator in refusedOperators)) return { kind: 'refused', from, to };
    const comparisons = links.filter(({ operators }) => operators[0].name === 'CompareOp');
    if (comparisons.length > 1) {
      return this.refuse(node, 'comparisons cannot be chained: write (a < b) & (b < c)');
    }
    return { kind: 'chain', first, rest, from, to };
  }

  #member(node: SyntaxNode, depth: number): Expression {
    const [object, opening, ...rest] = childrenOf(node);
    const { from, to } = node;
    if (opening.name === '.') {
      if (rest.length > 1) return this.#tooDeep(node);
      const name = this.textOf(rest[0]);
      return { kind: 'attribute', object: this.read(object, depth + 1), name, from, to };
    }
    const groups = splitAt(rest.slice(0, -1), ',');
    const whole = groups.every((group) => splitAt(group, ':').every((part) => part.length === 1));
    if (opening.name !== '[' || !whole) return this.#tooDeep(node);
    const entries = groups.map((group) => this.#entry(group, depth));
    return { kind: 'index', object: this.read(object, depth + 1), entries, from, to };
  }

  #entry(group: readonly SyntaxNode[], depth: number): IndexEntry {
    const from = group[0].from;
    const to = group[group.length - 1].to;
    const parts = splitAt(group, ':', true).map((part) =>
      part.length === 0 ? undefined : this.read(part[0], depth + 1),
    );
    const [start, stop, step] = parts;
    if (parts.length > 1 || start === undefined) return { kind: 'slice', start, stop, step, from, to };
    return { kind: 'item', value: start, from, to };
  }

  #call(node: SyntaxNode, depth: number): Expression {
    const [callee, list] = childrenOf(node);
    if (list.name !== 'ArgList') return this.#tooDeep(node);
    const groups = splitAt(childrenOf(list).slice(1, -1), ',');
    const args = groups.map((group) => this.#argument(group, depth));
    return {
      kind: 'call',
      callee: this.read(callee, depth + 1),
      args,
      from: node.from,
      to: node.to,
    };
  }

  /** Thousands of levels down, the parser gives the words of a node without their structure. */
  #tooDeep(node: SyntaxNode): Expression {
    return this.refuse(node, tooDeep);
  }

  #argument(group: readonly SyntaxNode[], depth: number): Argument {
    const span = { from: group[0].from, to: group[group.length - 1].to };
    const refused = (name: string, detail?: string): Argument => ({
      ...span,
      value: this.refuse({ ...span, name }, detail),
    });
    if (group.some((part) => part.name === 'for')) return refused('ComprehensionExpression');
    if (group[0].name === '*' || group[0].name === '**') {
      return refused('', `unpacking with \`${group[0].name}\` is not supported`);
    }
    if (group.length === 1) return { ...span, value: this.read(group[0], depth + 1) };
    if (this.textOf(group[1]) === ':=') return refused('NamedExpression');
    if (group.length !== 3 || group[1].name !== 'AssignOp') return refused('', tooDeep);
    return { ...span, name: this.textOf(group[0]), value: this.read(group[2], depth + 1) };
  }
}
