/** Something of an ONNX model that cannot be taken. The message is a sentence for the client that names the place. */
export class OnnxRefusal extends Error {
  override readonly name = 'OnnxRefusal';
}
