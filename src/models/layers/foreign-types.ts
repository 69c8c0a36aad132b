const inExpression = 'write the model in the format "expression"';
const inOnnx = 'export the model to the format "onnx", which has it';
const manyGroups = 'use "group-norm" with as many groups as channels';
const fixedMask = 'draws at random; use "dropout" with the mask that was drawn';

/** Layers of PyTorch and Keras that have another name here, or none: what to write instead. */
const layers: Readonly<Record<string, string>> = {
  linear: 'use "dense"; with "weightLayout": "out-in" its weights are as PyTorch\'s Linear has them',
  fullyconnected: 'use "dense"',
  fc: 'use "dense"',
  timedistributed: 'leave it out: layers work along the features of [examples, time, features] as they are',
  identity: 'leave it out',
  input: 'name the tensor as the "input" of the model',
  inputlayer: 'name the tensor as the "input" of the model',
  activation: 'write the activation as a layer: { "type": "relu" }',
  swish: 'use "silu"',
  glu: inExpression,
  maxout: inExpression,
  softmin: inExpression,
  softshrink: inExpression,
  hardshrink: inExpression,
  tanhshrink: inExpression,
  threshold: inExpression,
  thresholdedrelu: inExpression,
  lambda: inExpression,
  rrelu: 'draws its slopes at random; use "prelu" with those that were drawn, as data',
  gaussiannoise: 'draws at random; use "add" with the noise that was drawn, as data',
  gaussiandropout: fixedMask,
  alphadropout: fixedMask,
  spatialdropout1d: fixedMask,
  spatialdropout2d: fixedMask,
  dropout1d: fixedMask,
  dropout2d: fixedMask,
  conv: 'use "conv1d" or "conv2d"',
  conv3d: inOnnx,
  depthwiseconv2d: 'use "conv2d" with as many groups as channels',
  separableconv2d: 'use two "conv2d": one with as many groups as channels, and one whose window is 1',
  maxpool: 'use "max-pool1d" or "max-pool2d"',
  maxpooling1d: 'use "max-pool1d"',
  maxpooling2d: 'use "max-pool2d"',
  maxpool3d: inOnnx,
  avgpool1d: 'use "average-pool1d"',
  avgpool2d: 'use "average-pool2d"',
  avgpool3d: inOnnx,
  averagepooling1d: 'use "average-pool1d"',
  averagepooling2d: 'use "average-pool2d"',
  lppool1d: inExpression,
  lppool2d: inOnnx,
  globalmaxpooling1d: 'use "global-max-pool", over [examples, channels, length]',
  globalmaxpooling2d: 'use "global-max-pool", over [examples, channels, rows, columns]',
  globalaveragepooling1d: 'use "global-average-pool", over [examples, channels, length]',
  globalaveragepooling2d: 'use "global-average-pool", over [examples, channels, rows, columns]',
  adaptiveavgpool1d: 'use "global-average-pool" where one number is left, else "average-pool1d"',
  adaptiveavgpool2d: 'use "global-average-pool" where one number is left, else "average-pool2d"',
  adaptivemaxpool1d: 'use "global-max-pool" where one number is left, else "max-pool1d"',
  adaptivemaxpool2d: 'use "global-max-pool" where one number is left, else "max-pool2d"',
  upsample: inOnnx,
  upsampling2d: inOnnx,
  pixelshuffle: 'use "reshape", "transpose" and "reshape"',
  zeropadding1d: 'use the "padding" of the layer after it',
  zeropadding2d: 'use the "padding" of the layer after it',
  reflectionpad2d: inOnnx,
  batchnormalization: 'use "batch-norm"',
  layernormalization: 'use "layer-norm"',
  groupnormalization: 'use "group-norm"',
  instancenorm: manyGroups,
  instancenorm1d: manyGroups,
  instancenorm2d: manyGroups,
  instancenormalization: manyGroups,
  simplernn: 'use "rnn"',
  rnncell: 'use "rnn" over sequences of one time',
  lstmcell: 'use "lstm" over sequences of one time',
  grucell: 'use "gru" over sequences of one time',
  bidirectional: 'use one layer of each "direction", and a "concat"',
  selfattention: 'use "attention", or "multi-head-attention" with its weights',
  scaleddotproductattention: 'use "attention"',
  transformerencoderlayer: 'write its parts: "multi-head-attention", "add", "layer-norm", "dense"',
  transformerdecoderlayer: 'write its parts: "multi-head-attention", "add", "layer-norm", "dense"',
  permute: 'use "transpose"',
  squeeze: 'use "reshape"',
  unsqueeze: 'use "reshape"',
  average: inExpression,
  subtract: inExpression,
  maximum: inExpression,
  minimum: inExpression,
  dot: inExpression,
};

/** Losses of PyTorch and Keras, likewise. */
const losses: Readonly<Record<string, string>> = {
  mseloss: 'use "mse"; with "outputs": "mean" it is PyTorch\'s',
  meansquarederror: 'use "mse"; with "outputs": "mean" it is Keras\'',
  l2: 'use "mse"',
  l1: 'use "mae"',
  l1loss: 'use "mae"; with "outputs": "mean" it is PyTorch\'s',
  meanabsoluteerror: 'use "mae"; with "outputs": "mean" it is Keras\'',
  rmse: inExpression,
  msle: inExpression,
  mape: inExpression,
  smoothl1: 'use "huber" with the beta as its "delta", and 1/beta as its "weight"',
  smoothl1loss: 'use "huber" with the beta as its "delta", and 1/beta as its "weight"',
  huberloss: 'use "huber"; with "outputs": "mean" it is PyTorch\'s',
  logcosh: inExpression,
  bce: 'use "binary-cross-entropy"',
  bceloss: 'use "binary-cross-entropy"; with "outputs": "mean" it is PyTorch\'s',
  bcewithlogits: 'use "binary-cross-entropy" with "from": "logits"',
  bcewithlogitsloss: 'use "binary-cross-entropy" with "from": "logits" and "outputs": "mean"',
  logistic: 'use "binary-cross-entropy" with "from": "logits"',
  categoricalcrossentropy:
    'use "cross-entropy" with one-hot targets; behind a softmax with "from": "probabilities"',
  sparsecategoricalcrossentropy:
    'use "cross-entropy" with classes as targets; behind a softmax with "from": "probabilities"',
  softmaxcrossentropy: 'use "cross-entropy"',
  nllloss: 'use "nll"',
  kldiv: 'use "kl-divergence"; with its defaults it is what PyTorch calls "batchmean"',
  kldivloss: 'use "kl-divergence"; with its defaults it is what PyTorch calls "batchmean"',
  cosineembedding: 'use "cosine"',
  cosineembeddingloss: 'use "cosine"',
  cosinesimilarity: 'use "cosine", which is 1 more than Keras\' loss',
  poisson: inExpression,
  gaussiannll: inExpression,
  focal: inExpression,
  dice: inExpression,
  triplet: inExpression,
  squaredhinge: inExpression,
  categoricalhinge: inExpression,
  multimargin: inExpression,
  softmargin: 'use "binary-cross-entropy" with "from": "logits", and the targets 0 and 1',
};

/** Penalties, likewise. */
const regularizers: Readonly<Record<string, string>> = {
  weightdecay: 'use "l2": weight decay of λ is the penalty λ/2·Σw², so "scale": "1/2"',
  ridge: 'use "l2"',
  lasso: 'use "l1"',
  l1l2: 'use "elastic"',
  elasticnet: 'use "elastic"',
};

const byPart = { layer: layers, loss: losses, regulariser: regularizers } as const;

/** A name without its case and its punctuation: `Conv2D`, `conv_2d` and `conv2d` are one. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** What to write instead of a type that other libraries have; undefined for any other. */
export function insteadOfType(type: string, part: keyof typeof byPart): string | undefined {
  const known = byPart[part];
  const name = plainName(type);
  return Object.hasOwn(known, name) ? known[name] : undefined;
}
