import type { SyntaxNode } from '@lezer/common';
import type { ExpressionFaults } from './expression-faults.ts';
import { parseSource } from './parse-source.ts';
import { refusedSyntax } from './refused-syntax.ts';
import type { SourceText } from './source-text.ts';
import { childrenOf } from './syntax-nodes.ts';
import { SyntaxReader } from './syntax-reader.ts';
import type { Expression, Statement, Target } from './syntax-tree.ts';

/** The statements of a cost, or undefined when it has syntax errors. What is wrong is added to `faults`. */
export function readStatements(source: SourceText, faults: ExpressionFaults): Statement[] | undefined {
  const script = parseSource(source, faults);
  if (script === undefined) return undefined;
  const reader = new SyntaxReader(source, faults);
  return childrenOf(script)
    .flatMap((node) => (node.name === 'StatementGroup' ? childrenOf(node) : [node]))
    .filter((node) => node.name !== ';')
    .map((node) => readStatement(reader, node));
}

function readStatement(reader: SyntaxReader, node: SyntaxNode): Statement {
  const { from, to } = node;
  switch (node.name) {
    case 'ExpressionStatement':
      return { kind: 'value', value: readValues(reader, childrenOf(node), node), from, to };
    case 'AssignStatement':
      return readAssignment(reader, node);
    case 'UpdateStatement':
      return readUpdate(reader, node);
    default:
      return reader.refuse(node, refusedSyntax[node.name] ?? 'this kind of statement is not supported');
  }
}

/** One expression, or the tuple that commas make of several. */
function readValues(reader: SyntaxReader, nodes: readonly SyntaxNode[], statement: SyntaxNode): Expression {
  if (nodes.length === 1) return reader.read(nodes[0], 0);
  return reader.sequence(nodes, { name: '', from: nodes[0].from, to: statement.to }, 0);
}

function readAssignment(reader: SyntaxReader, node: SyntaxNode): Statement {
  const groups: SyntaxNode[][] = [[]];
  for (const child of childrenOf(node)) {
    if (child.name === 'TypeDef') return reader.refuse(child, 'annotations are not supported');
    if (child.name === 'AssignOp') groups.push([]);
    else groups[groups.length - 1].push(child);
  }
  const values = groups[groups.length - 1];
  const value = readValues(reader, values, node);
  const targets = groups.slice(0, -1).map((group) => group.flatMap((part) => readTargets(reader, part)));
  const { from, to } = node;
  const named = targets.map((list) => list.filter((target) => target !== undefined));
  if (named.some((list, i) => list.length < targets[i].length)) return { kind: 'refused', from, to };
  return { kind: 'assignment', targets: named, value, from, to };
}

/** The names assigned to; undefined stands for what was refused. */
function readTargets(reader: SyntaxReader, node: SyntaxNode): (Target | undefined)[] {
  const nodes = node.name === 'TupleExpression' ? childrenOf(node).slice(1, -1) : [node];
  return nodes.filter(({ name }) => name !== ',').map((part) => readTarget(reader, part));
}

function readTarget(reader: SyntaxReader, node: SyntaxNode): Target | undefined {
  if (node.name !== 'VariableName') {
    reader.refuse(node, 'only names can be assigned to; the entries of a tensor cannot be changed in place');
    return undefined;
  }
  const target = reader.read(node, 0);
  return target.kind === 'name' ? target : undefined;
}

function readUpdate(reader: SyntaxReader, node: SyntaxNode): Statement {
  const [left, update, ...values] = childrenOf(node);
  const [target] = readTargets(reader, left);
  const value = readValues(reader, values, node);
  const { from, to } = node;
  if (target === undefined) return { kind: 'refused', from, to };
  const operator = reader.textOf(update).slice(0, -1);
  return { kind: 'update', target, operator, at: update.from, value, from, to };
}
