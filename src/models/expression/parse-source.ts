import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/python';
import { quote } from '../../tensors/describe-json.ts';
import { firstBracketFault } from './brackets.ts';
import type { ExpressionFaults } from './expression-faults.ts';
import { keywords, lookalikes } from './refused-syntax.ts';
import type { SourceText } from './source-text.ts';

// Without `strict` the parser repairs what it cannot parse, which takes seconds on a page of garbage.
const strictParser = parser.configure({ strict: true });

/** The longest source whose repaired tree is looked at for more syntax errors than the first. */
const longestRepaired = 2048;
const mostSyntaxErrors = 10;

/**
 * The parser gives up on a chain of more than 300 operators behind 2,000 characters (`bigReductionCount` in
 * @lezer/lr), sometimes with a syntax error that is none.
 */
const longestCertain = 2000;
const tooLong = 'the statement is too long to be read: assign parts of it to names first';

/** Parses Python. Undefined when it has syntax errors, which are then noted. */
export function parseSource(source: SourceText, faults: ExpressionFaults): SyntaxNode | undefined {
  const bracket = firstBracketFault(source.text);
  if (bracket !== undefined) {
    faults.add(bracket.offset, bracket.detail);
    return undefined;
  }
  try {
    const tree = strictParser.parse(source.text);
    const [cut] = errorNodes(tree);
    if (cut === undefined) return tree.topNode;
    faults.add(cut, `up to here, ${tooLong}`);
    return undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    for (const offset of errorOffsets(source.text, error)) faults.add(offset, describeError(source, offset));
    return undefined;
  }
}

/** Where the syntax errors are: one per line of the source, in order. */
function errorOffsets(text: string, error: SyntaxError): number[] {
  // The parser tells the place of the first error in its message only.
  const first = Number(/\d+$/.exec(error.message)?.[0] ?? 0);
  if (text.length > longestRepaired) return [first];
  const offsets = [first, ...errorNodes(parser.parse(text))].sort((a, b) => a - b);
  const told: number[] = [];
  for (const offset of offsets) {
    const last = told.at(-1);
    const apart = last === undefined || /[;\r\n]/.test(text.slice(last, offset));
    if (apart && told.length < mostSyntaxErrors) told.push(offset);
  }
  return told;
}

/** Where the parser repaired or cut something. */
function errorNodes(tree: Tree): number[] {
  const offsets: number[] = [];
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) offsets.push(node.from);
    },
  });
  return offsets;
}

function describeError(source: SourceText, offset: number): string {
  const { original } = source;
  const rest = original.slice(offset, offset + 200).replace(/^[ \t\f]+/, '');
  const meant = lookalikes[String.fromCodePoint(rest.codePointAt(0) ?? 0)];
  if (meant !== undefined) return `syntax error: write ${meant} for ${rest.charAt(0)}`;
  const before = original.slice(Math.max(0, offset - 200), offset).trimEnd();
  const keyword = [/^[\p{L}_]\w*/u.exec(rest)?.[0], /[\p{L}_]\w*$/u.exec(before)?.[0]].find(
    (word) => word !== undefined && keywords.has(word),
  );
  const hint = keyword === undefined ? '' : `: \`${keyword}\` is a keyword of Python and cannot be a name`;
  const previous = /[\p{L}\p{N}_]+$|\S$/u.exec(before)?.[0];
  const after = previous === undefined ? '' : ` after ${quote(previous)}`;
  const next = /^(?:[\p{L}\p{N}_]+|[^\s;])/u.exec(rest)?.[0];
  const statement = Math.max(...[';', '\n', '\r'].map((end) => original.lastIndexOf(end, offset - 1)));
  const doubt = offset - statement > longestCertain ? `, unless ${tooLong}` : '';
  if (next !== undefined) return `syntax error at ${quote(next)}${after}${hint}${doubt}`;
  return `syntax error: something is missing${after}${hint}${doubt}`;
}
