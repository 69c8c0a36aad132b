/** What an equation says of the axes: a label for each axis of each operand and of the result. */
export interface Equation {
  readonly operands: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/**
 * Reads `ij,jk->ik`. Axes under an ellipsis get labels of their own, counted from the last one. Without an arrow the result
 * has the ellipsis and then, by the alphabet, the letters that stand once.
 * @returns what is wrong with it in words, if anything
 */
export function readEquation(text: string, ranks: readonly number[]): Equation | string {
  const [left, right, ...more] = text.replaceAll(/\s/g, '').split('->');
  const terms = left.split(',');
  const told = `the equation ${JSON.stringify(text.slice(0, 200))}`;
  if (more.length > 0) return `${told} has two arrows`;
  if (terms.length !== ranks.length) return `${told} has ${terms.length} operands, not ${ranks.length}`;
  const bad = [...terms, right ?? ''].find((term) => !/^[A-Za-z]*(\.\.\.)?[A-Za-z]*$/.test(term));
  if (bad !== undefined) return `${told} has the term ${JSON.stringify(bad)}`;
  const hidden = terms.map((term, i) => (term.includes('...') ? ranks[i] - (term.length - 3) : 0));
  const misfit = terms.findIndex((term, i) => letters(term).length + hidden[i] !== ranks[i] || hidden[i] < 0);
  if (misfit >= 0) return `${told} does not fit operand ${misfit}, which has ${ranks[misfit]} axes`;
  const operands = terms.map((term, i) => labelsOf(term, hidden[i]));
  const widest = Math.max(...hidden);
  const output = labelsOf(right ?? `...${lettersOnce(left)}`, widest);
  const known = new Set(operands.flat());
  if (output.some((label) => !known.has(label)) || new Set(output).size < output.length) {
    return `${told} has a result that its operands do not give`;
  }
  return { operands, output };
}

function letters(term: string): string {
  return term.replace('...', '');
}

function labelsOf(term: string, hidden: number): string[] {
  const [before, after] = term.split('...');
  if (after === undefined) return [...before];
  const covered = Array.from({ length: hidden }, (_, i) => `axis −${hidden - i} of the ellipsis`);
  return [...before, ...covered, ...after];
}

function lettersOnce(terms: string): string {
  const all = [...terms].filter((letter) => /[A-Za-z]/.test(letter));
  return all
    .filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter))
    .sort()
    .join('');
}
