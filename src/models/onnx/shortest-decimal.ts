/**
 * The shortest decimal that rounds to a float32: 0.01 for the float32 nearest to it, which as a float64 would be
 * 0.009999999776. Attributes are float32 in the file, whatever the model computes in, so this is what was meant.
 */
export function shortestDecimal(value: number): number {
  // Nine digits tell any two float32 apart.
  for (let digits = 1; digits < 9; digits++) {
    const decimal = Number(value.toPrecision(digits));
    if (Math.fround(decimal) === value) return decimal;
  }
  return value;
}
