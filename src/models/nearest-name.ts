/** Names looked at for one suggestion: a document may hold a great many, and a message is not worth a second. */
const mostCompared = 200;
const longestCompared = 64;

/** A document with more faults than this gets no further suggestions. */
const mostFaultsHelped = 100;

/** The known name that `name` is most likely a slip of, if any is near. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > longestCompared) return undefined;
  let best: string | undefined;
  let bestDistance = Math.floor(Math.min(name.length, 24) / 3) + 1;
  let compared = 0;
  for (const candidate of known) {
    if (compared++ === mostCompared) break;
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `; did you mean "W1"?`, or nothing when no known name is near or when `told` faults are past helping one by one. */
export function didYouMean(name: string, known: Iterable<string>, told = 0): string {
  const nearest = told < mostFaultsHelped ? nearestName(name, known) : undefined;
  return nearest === undefined ? '' : `; did you mean ${JSON.stringify(nearest)}?`;
}

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, beforeLast[j - 2] + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}
