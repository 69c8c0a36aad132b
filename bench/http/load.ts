import autocannon from 'autocannon';

/** One kind of request, sent again and again. */
export interface LoadRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What came back while the load lasted. */
export interface LoadResult {
  readonly seconds: number;
  /** Milliseconds that the answers of each status took, in rising order. */
  readonly latencies: ReadonlyMap<number, Float64Array>;
  /** Connections that broke and answers that never came. */
  readonly errors: number;
}

/** Sends POSTs over so many connections for so long, each connection's next as soon as the last one is answered. */
export async function sendLoad(
  { url, headers, body }: LoadRequest,
  connections: number,
  seconds: number,
): Promise<LoadResult> {
  const latencies = new Map<number, number[]>();
  const options = {
    url,
    connections,
    duration: seconds,
    method: 'POST' as const,
    headers: { ...headers },
    body,
  };
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(options, (error: unknown, ended: autocannon.Result) =>
      error ? reject(error) : resolve(ended),
    );
    // Its own histogram keeps whole milliseconds only.
    instance.on('response', (_client, status, _bytes, milliseconds) => {
      const known = latencies.get(status);
      if (known === undefined) latencies.set(status, [milliseconds]);
      else known.push(milliseconds);
    });
  });
  return {
    seconds: result.duration,
    latencies: new Map([...latencies].map(([status, all]) => [status, Float64Array.from(all).sort()])),
    errors: result.errors + result.timeouts,
  };
}

/** The latency that a share of the answers did not exceed: 0.5 for the median. NaN without answers. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
