import { GradcheckError } from '../../errors/catalogue.ts';

/**
 * The number of the last event that a client has, 0 for none. The header wins over the query.
 * @throws GradcheckError malformed-request for anything that no stored event can have been numbered.
 */
export function readLastEventId(
  header: string | readonly string[] | undefined,
  query: string | undefined,
  latest: number,
): number {
  const written = header ?? query;
  if (written === undefined || written === '') return 0;
  const id = typeof written === 'string' && /^\d{1,15}$/.test(written) ? Number(written) : undefined;
  if (id !== undefined && id <= latest) return id;
  throw new GradcheckError(
    'malformed-request',
    `the last event id must be a whole number of 0 to ${latest}, not "${written}"`,
  );
}
