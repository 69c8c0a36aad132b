/** The Link header (RFC 8288) of a page that another one follows. */
export function nextLink(path: string, query: object, after: string | number): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, after })) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return `<${path}?${parameters}>; rel="next"`;
}
