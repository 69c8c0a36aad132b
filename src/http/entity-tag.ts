/** Whether an If-None-Match names the tag; weak comparison, RFC 9110 section 13.1.2. */
export function matchesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((one) => one.trim());
  const opaque = tag.replace(/^W\//, '');
  return tags.some((one) => one === '*' || one.replace(/^W\//, '') === opaque);
}
