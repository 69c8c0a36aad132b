/** Decimals of more digits are not what people write. */
const FEW_DIGITS = 6;
/** Nine digits tell any two float32 apart. */
const MOST_DIGITS = 8;
/** The largest denominator of a fraction that is written as one: 1/6 in a hard sigmoid. */
const LARGEST_DENOMINATOR = 64;

/**
 * The number that a float32 was rounded from, as far as can be told: a short decimal (0.01, which as a float64 would be
 * 0.009999999776), a simple fraction, else the shortest decimal. Attributes are float32 in the file, whatever the model
 * computes in, so this is what was meant.
 */
export function meantNumber(value: number): number {
  return (
    decimal(value, 1, FEW_DIGITS) ?? fraction(value) ?? decimal(value, FEW_DIGITS + 1, MOST_DIGITS) ?? value
  );
}

function decimal(value: number, fewest: number, most: number): number | undefined {
  for (let digits = fewest; digits <= most; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return undefined;
}

function fraction(value: number): number | undefined {
  for (let denominator = 3; denominator <= LARGEST_DENOMINATOR; denominator++) {
    const candidate = Math.round(value * denominator) / denominator;
    if (candidate !== 0 && Math.fround(candidate) === value) return candidate;
  }
  return undefined;
}
