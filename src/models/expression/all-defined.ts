/** The list itself, unless something in it is undefined. */
export function allDefined<T>(list: readonly (T | undefined)[]): T[] | undefined {
  const defined = list.filter((item) => item !== undefined);
  return defined.length === list.length ? defined : undefined;
}
