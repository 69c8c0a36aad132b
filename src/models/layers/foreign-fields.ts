import { plainName } from './foreign-types.ts';

const fromShapes = 'leave it out: the shape of the weights says it';
const ofClasses = 'name as "exampleWeights" the weight that each example has by its class';

/** Fields that layers of PyTorch and Keras have under other names, or that are something else here. */
const ofLayers: Readonly<Record<string, string>> = {
  weight: 'the field is "weights"',
  kernel: 'the field is "weights"',
  infeatures: fromShapes,
  outfeatures: fromShapes,
  units: fromShapes,
  filters: fromShapes,
  inchannels: fromShapes,
  outchannels: fromShapes,
  hiddensize: fromShapes,
  inputsize: fromShapes,
  embeddim: fromShapes,
  numembeddings: fromShapes,
  numfeatures: 'leave it out: the shape of the input says it',
  kernelsize: 'of a convolution the shape of the weights says it; of a pooling it is "size"',
  poolsize: 'the field is "size"',
  strides: 'the field is "stride"',
  dilationrate: 'the field is "dilation"',
  paddingmode: 'padding is with zeros; for another one export the model to the format "onnx"',
  ceilmode: 'a window that goes beyond the padded input is left out, as PyTorch does by default',
  countincludepad: 'the field is "countPadding"',
  returnindices: 'leave it out',
  dataformat: 'channels are axis 1; where they are the last one use a "transpose" before',
  usebias: 'a layer without "bias" has none',
  activation: 'write the activation as a layer of its own behind this one',
  recurrentactivation: 'it is a sigmoid; for another one use the format "expression"',
  kernelregularizer: 'penalties are in the "regularization" of the model',
  bidirectional: 'use one layer of each "direction", and a "concat"',
  numlayers: 'write one layer for each',
  returnsequences: 'the field is "output": "sequence", or "last"',
  gobackwards: 'use "direction": "reverse"; the states stay in the order of the input',
  batchfirst: 'the "layout" of the model says it',
  resetafter: 'the reset gate comes after the product, as in PyTorch and in Keras by default',
  projsize: 'use a "dense" layer behind this one where nothing feeds back; else the format "onnx"',
  numheads: 'the field is "heads"',
  attnmask: 'use "mask", which is 1 where a query sees a key, or "causal"',
  keypaddingmask: 'use "mask" of shape [examples, 1, keys], which is 1 where a key is seen',
  iscausal: 'the field is "causal"',
  paddingidx: 'the row is one like others: as frameworks write no gradient for it, it differs from that of J',
  gamma: 'the field is "gain"',
  beta: 'the field is "bias"',
  eps: 'the field is "epsilon"',
  momentum: 'leave it out: it does not enter J',
  affine: 'a norm has the "gain" and "bias" that it names',
  training: 'with "runningMean" and "runningVariance" batch-norm is that of inference, else of training',
  runningvar: 'the field is "runningVariance"',
  normalizedshape: 'the field is "axes": how many of the last axes',
  numgroups: 'the field is "groups"',
  negativeslope: 'the field is "slope"',
  p: 'the field is "rate"',
  dropout: 'use a "dropout" layer with the mask that was drawn',
  dim: 'it works along the features, the last axis with batch-first; use a "transpose" before',
  axis: 'it works along the features, the last axis with batch-first; use a "transpose" before',
};

/** Fields that losses of PyTorch and Keras have, likewise. */
const ofLosses: Readonly<Record<string, string>> = {
  labelsmoothing: 'use the targets (1 − ε)·y + ε/classes, y one-hot',
  classweights: `${ofClasses}; PyTorch divides by their sum: use "reduction": "sum" and 1/sum as "weight"`,
  classweight: ofClasses,
  posweight: 'name as "exampleWeights" the weight of each output: 1 + (pos_weight − 1)·y',
  ignoreindex:
    'give what is left out any class, and the weight 0 in "exampleWeights"; PyTorch divides by the number of the ' +
    'others: use "reduction": "sum" and 1/number as "weight"',
  sampleweight: 'the field is "exampleWeights"',
  sampleweights: 'the field is "exampleWeights"',
  weights: 'the field is "exampleWeights", or "weight" for one number',
  mask: 'use "exampleWeights" of 0 and 1',
  fromlogits: 'the field is "from": "logits"',
  beta: 'the field is "delta"',
  margin: 'the margin is 1',
  logtarget: 'the target is probabilities',
  targets: 'the field is "target"',
};

function lookUp(fields: Readonly<Record<string, string>>, field: string): string | undefined {
  const name = plainName(field);
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** What to write instead of a field that layers of other libraries have; undefined for any other. */
export function insteadOfLayerField(field: string): string | undefined {
  return lookUp(ofLayers, field);
}

/** Likewise of a loss. */
export function insteadOfLossField(field: string): string | undefined {
  return lookUp(ofLosses, field);
}
