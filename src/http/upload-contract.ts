const file = {
  type: 'string',
  contentMediaType: 'application/octet-stream',
};

/** A job document with its tensors in files, as the contract has it. */
export const uploadContract = {
  type: 'object',
  description:
    'A job whose tensors come in files: safetensors, .npz or JSON (the content says which). They add to the sections ' +
    'of the document that bear the same names; a tensor may not be in both. A model in the format `onnx` may come as ' +
    'a file too.',
  properties: {
    job: {
      type: 'string',
      contentMediaType: 'application/json',
      description: 'The job document (see JobDocument), without the tensors that are in files.',
    },
    model: { ...file, description: 'The .onnx file of a model in the format `onnx`.' },
    parameters: {
      ...file,
      description:
        'θ, or a part of it. May be there once for each point of the job: the k-th is of the k-th point.',
    },
    gradients: {
      ...file,
      description:
        'Claimed gradients, once for each point likewise. float16 and bfloat16 are held to their own precision.',
    },
    data: { ...file, description: 'Tensors that J reads beside θ.' },
  },
  required: ['job'],
  additionalProperties: false,
};
