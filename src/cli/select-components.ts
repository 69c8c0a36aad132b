/**
 * The job document with its check limited to some components, named as `W2[2,0]`. Text that is no JSON object comes
 * back as it is: whoever reads the document says what is wrong with it.
 */
export function selectComponents(source: string, components: readonly string[]): string {
  const document = parseObject(source);
  if (document === undefined) return source;
  const check = isObject(document.check) ? document.check : {};
  // Single components are moved by themselves, whatever the document asks for.
  const isOther = check.strategy === 'node-perturbation' || check.strategy === 'directional';
  const strategy = isOther ? { strategy: 'weight-perturbation' } : {};
  return JSON.stringify({ ...document, check: { ...check, ...strategy, components: { only: components } } });
}

function parseObject(source: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const document: unknown = JSON.parse(source);
    return isObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
