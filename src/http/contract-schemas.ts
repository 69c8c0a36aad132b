const REFERENCE = /"#\/components\/schemas\/([^"]+)"/g;
const PREFIX = '"#/components/schemas/';

/** The part of an OpenAPI document that is looked at here. */
interface Contract {
  readonly paths?: object | undefined;
  readonly components?: { readonly schemas?: Readonly<Record<string, object>> | undefined } | undefined;
}

/**
 * The named schemas of a contract are written twice, as what is sent (`JobInput`) and as what is answered (`Job`).
 * This leaves those that the routes refer to, under their own names where both are the same or only one is in use.
 */
export function tidySchemas<Document extends Contract>(document: Document): Document {
  const schemas = document.components?.schemas ?? {};
  const used = reachable(document.paths, schemas);
  const renamed = [...used].filter((name) => {
    const own = withoutSuffix(name);
    return own !== name && (!used.has(own) || isSame(schemas[name], schemas[own]));
  });
  const kept = [...used].filter((name) => !renamed.includes(name) || !used.has(withoutSuffix(name)));
  const rename = <Part>(part: Part): Part => renameReferences(part, renamed);
  const entries = kept.map((name) => [
    renamed.includes(name) ? withoutSuffix(name) : name,
    rename(schemas[name]),
  ]);
  return {
    ...document,
    paths: rename(document.paths),
    components: { ...document.components, schemas: Object.fromEntries(entries) },
  };
}

function reachable(from: unknown, schemas: Readonly<Record<string, object>>): Set<string> {
  const found = new Set<string>();
  const open: unknown[] = [from];
  while (open.length > 0) {
    for (const [, name] of JSON.stringify(open.pop()).matchAll(REFERENCE)) {
      if (!found.has(name)) open.push(schemas[name]);
      found.add(name);
    }
  }
  return found;
}

function withoutSuffix(name: string): string {
  return name.replace(/Input$/, '');
}

function isSame(input: object, output: object): boolean {
  return (
    JSON.stringify(input).replace(REFERENCE, (reference) => reference.replace('Input"', '"')) ===
    JSON.stringify(output)
  );
}

function renameReferences<Part>(part: Part, names: readonly string[]): Part {
  const text = names.reduce(
    (written, name) => written.replaceAll(`${PREFIX}${name}"`, `${PREFIX}${withoutSuffix(name)}"`),
    JSON.stringify(part),
  );
  return JSON.parse(text);
}
