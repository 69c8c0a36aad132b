/** An element of an XML document, its text put together. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads a document of elements, attributes and text. @throws Error where it is not well-formed XML 1.0. */
export function parseXml(document: string): XmlElement {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML 1.0 may not hold
  const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/u.exec(document);
  if (forbidden !== null) throw new Error(`a character that XML cannot hold at ${forbidden.index}`);
  const reader = new XmlReader(document);
  reader.expect(/^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/);
  const root = reader.element();
  reader.expect(/^\s*$/);
  return root;
}

class XmlReader {
  #rest: string;

  constructor(document: string) {
    this.#rest = document;
  }

  expect(pattern: RegExp): RegExpExecArray {
    const found = pattern.exec(this.#rest);
    if (found === null) throw new Error(`${pattern} does not match ${this.#rest.slice(0, 80)}`);
    this.#rest = this.#rest.slice(found[0].length);
    return found;
  }

  element(): XmlElement {
    const [, name, list, empty] = this.expect(/^<([a-z-]+)((?:\s+[a-z-]+="[^"<]*")*)\s*(\/?)>/);
    const attributes: Record<string, string> = {};
    for (const [, key, value] of list.matchAll(/([a-z-]+)="([^"]*)"/g)) {
      if (Object.hasOwn(attributes, key)) throw new Error(`${key} is there twice`);
      attributes[key] = unescaped(value);
    }
    if (empty === '/') return { name, attributes, children: [], text: '' };
    const children: XmlElement[] = [];
    let text = '';
    while (!this.#rest.startsWith('</')) {
      if (this.#rest.startsWith('<')) children.push(this.element());
      else text += unescaped(this.expect(/^[^<]+/)[0]);
    }
    const [, end] = this.expect(/^<\/([a-z-]+)>/);
    if (end !== name) throw new Error(`${name} is ended by ${end}`);
    return { name, attributes, children, text };
  }
}

function unescaped(text: string): string {
  return text.replaceAll(/&([^;]*);?/g, (_, entity: string) => {
    if (/^#\d+$/.test(entity)) return String.fromCodePoint(Number(entity.slice(1)));
    if (!Object.hasOwn(entities, entity)) throw new Error(`&${entity}; means nothing`);
    return entities[entity];
  });
}

/** Every element below one, and itself, of a name. */
export function elementsNamed(element: XmlElement, name: string): XmlElement[] {
  const below = element.children.flatMap((child) => elementsNamed(child, name));
  return element.name === name ? [element, ...below] : below;
}
