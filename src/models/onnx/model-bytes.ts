import { type Faults, pointerTo } from '../../errors/fault.ts';

/** The bytes of a model that comes in base64 in the document or as a file of its own: one of the two. */
export function modelBytes(
  base64: string | undefined,
  file: Uint8Array | undefined,
  pointer: string,
  faults: Faults,
): Uint8Array | undefined {
  if (base64 === undefined) {
    if (file === undefined) {
      faults.add(
        pointer,
        'the ONNX file is missing: send it as the part `model` of an upload, or as "base64"',
      );
    }
    return file;
  }
  const at = pointerTo(pointer, 'base64');
  if (file !== undefined) {
    faults.add(at, 'the ONNX file is in the document and in the part `model`');
    return undefined;
  }
  // Node's decoder skips what is not base64, so a damaged text must be found here.
  const wrong = base64.search(/[^A-Za-z0-9+/=]/);
  if (wrong >= 0) {
    faults.add(at, `not base64: character ${wrong} is ${JSON.stringify(base64.charAt(wrong))}`);
    return undefined;
  }
  return Buffer.from(base64, 'base64');
}
