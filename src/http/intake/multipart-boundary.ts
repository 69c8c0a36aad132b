import { GradcheckError } from '../../errors/catalogue.ts';

/**
 * The boundary of a multipart/form-data body, by its Content-Type; undefined for any other body.
 * @throws GradcheckError malformed-request when there is none, or not one of RFC 2046 section 5.1.1.
 */
export function multipartBoundary(contentType: string | undefined): string | undefined {
  const [, parameters] = /^\s*multipart\/form-data\s*(;.*)?$/i.exec(contentType ?? '') ?? [undefined, null];
  if (parameters === null) return undefined;
  const match = /;\s*boundary=(?:"([^"]*)"|([^\s;"]*))/i.exec(parameters ?? '');
  const boundary = match?.[1] ?? match?.[2] ?? '';
  if (/^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/.test(boundary)) return boundary;
  throw new GradcheckError('malformed-request', 'Content-Type multipart/form-data needs a boundary');
}
