const decimal = /^(?:\d(?:_?\d)*)?(?:\.(?:\d(?:_?\d)*)?)?(?:[eE][+-]?\d(?:_?\d)*)?$/;
const based = /^0(?:[xX](?:_?[\da-fA-F])+|[oO](?:_?[0-7])+|[bB](?:_?[01])+)$/;

/** A number as Python writes it, or a sentence that says why it is not one. */
export function readNumber(literal: string): number | string {
  if (/^[^xX]*[jJ]$/.test(literal)) return 'complex numbers are not supported';
  if (/^0[\d_]*[1-9][\d_]*$/.test(literal)) return 'a whole number cannot start with 0';
  if (!decimal.test(literal) && !based.test(literal)) return 'this is not a number';
  const value = Number(literal.replaceAll('_', ''));
  if (!Number.isFinite(value)) return 'this is too large for a float64';
  return value;
}
