import type { SyntaxNode } from '@lezer/common';

/** A node's children in order, comments left out. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'Comment') children.push(child);
  }
  return children;
}

/** Splits at the nodes of a name. Empty groups stand only where asked for; `a,` has one group either way. */
export function splitAt(nodes: readonly SyntaxNode[], separator: string, keepEmpty = false): SyntaxNode[][] {
  const groups: SyntaxNode[][] = [[]];
  for (const node of nodes) {
    if (node.name === separator) groups.push([]);
    else groups[groups.length - 1].push(node);
  }
  return keepEmpty ? groups : groups.filter((group) => group.length > 0);
}
