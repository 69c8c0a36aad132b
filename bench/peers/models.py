"""Models that people train, of any size: a small one is a test's fixture, a larger one a row of the benchmark."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from job_document import Job, leaves, recurrent, recurrent_fields, squared_error


def conv_net(images=4, channels=2, size=6, widths=(3, 4), hidden=5, classes=3):
    """Convolution, batch norm in training mode, ReLU and max pooling, twice; then two dense layers."""
    torch.manual_seed(1)
    X, y = torch.randn(images, channels, size, size), torch.randint(0, classes, (images,))
    flat = widths[1] * (size // 4) ** 2
    parameters = {
        "K1": _scaled(widths[0], channels, 3, 3),
        "g1": 1 + 0.2 * torch.randn(widths[0]),
        "s1": 0.3 * torch.randn(widths[0]),
        "K2": _scaled(widths[1], widths[0], 3, 3),
        "g2": 1 + 0.2 * torch.randn(widths[1]),
        "s2": 0.3 * torch.randn(widths[1]),
        "W1": _scaled(hidden, flat),
        "b1": 0.3 * torch.randn(hidden),
        "W2": _scaled(classes, hidden),
        "b2": 0.3 * torch.randn(classes),
    }
    K1, g1, s1, K2, g2, s2, W1, b1, W2, b2 = _leaves(parameters)

    def cost():
        z = F.batch_norm(F.conv2d(X, K1, padding=1), None, None, g1, s1, training=True)
        z = F.max_pool2d(F.relu(z), 2)
        z = F.batch_norm(F.conv2d(z, K2, padding=1), None, None, g2, s2, training=True)
        z = F.max_pool2d(F.relu(z), 2)
        z = torch.tanh(F.linear(z.flatten(1), W1, b1))
        return F.cross_entropy(F.linear(z, W2, b2), y)

    block = [{"type": "relu"}, {"type": "max-pool2d", "size": 2}]
    layers = [
        {"type": "conv2d", "weights": "K1", "padding": "same"},
        {"type": "batch-norm", "gain": "g1", "bias": "s1"},
        *block,
        {"type": "conv2d", "weights": "K2", "padding": "same"},
        {"type": "batch-norm", "gain": "g2", "bias": "s2"},
        *block,
        {"type": "flatten"},
        {"type": "dense", "weights": "W1", "bias": "b1"},
        {"type": "tanh"},
        {"type": "dense", "weights": "W2", "bias": "b2"},
    ]
    return Job("conv-net", layers, {"type": "cross-entropy", "target": "y"}, {"X": X, "y": y}, parameters, cost)


def lstm(**sizes):
    """Long short-term memory, a class for each sequence."""
    return _recurrent("lstm", nn.LSTM, seed=2, **sizes)


def gru(**sizes):
    """Gated recurrent units, a class for each sequence."""
    return _recurrent("gru", nn.GRU, seed=3, **sizes)


def _recurrent(kind, layer, seed, sequences=3, time=5, features=3, hidden=4, classes=3):
    torch.manual_seed(seed)
    X, y = torch.randn(sequences, time, features), torch.randint(0, classes, (sequences,))
    states, head = layer(features, hidden, batch_first=True), nn.Linear(hidden, classes)

    def cost():
        outputs, _ = states(X)
        return F.cross_entropy(head(outputs[:, -1]), y)

    parameters = {**leaves(states, recurrent("r")), **leaves(head, {"W": "weight", "b": "bias"})}
    layers = [
        {"type": kind, "output": "last", **recurrent_fields("r")},
        {"type": "dense", "weights": "W", "bias": "b"},
    ]
    return Job(kind, layers, {"type": "cross-entropy", "target": "y"}, {"X": X, "y": y}, parameters, cost)


def transformer(sequences=2, time=5, features=8, heads=2, inner=12):
    """One encoder block: layer norms, causal attention of several heads, GELU, and two residual connections."""
    torch.manual_seed(4)
    X, T = torch.randn(sequences, time, features), torch.randn(sequences, time, features)
    block = nn.TransformerEncoderLayer(
        features, heads, inner, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
    )
    # Gains begin as ones, biases as zeros, which would leave much of them untested.
    for name, parameter in block.named_parameters():
        if parameter.dim() == 1:
            nn.init.normal_(parameter, mean=1.0 if name.startswith("norm") and "weight" in name else 0.0, std=0.3)
    causal = nn.Transformer.generate_square_subsequent_mask(time)

    def cost():
        return squared_error(block(X, src_mask=causal, is_causal=True), T)

    names = {
        "g1": "norm1.weight",
        "s1": "norm1.bias",
        "Wi": "self_attn.in_proj_weight",
        "bi": "self_attn.in_proj_bias",
        "Wo": "self_attn.out_proj.weight",
        "bo": "self_attn.out_proj.bias",
        "g2": "norm2.weight",
        "s2": "norm2.bias",
        "W1": "linear1.weight",
        "b1": "linear1.bias",
        "W2": "linear2.weight",
        "b2": "linear2.bias",
    }
    layers = [
        {"type": "layer-norm", "gain": "g1", "bias": "s1"},
        {
            "type": "multi-head-attention",
            "name": "attended",
            "heads": heads,
            "causal": True,
            "inWeights": "Wi",
            "inBias": "bi",
            "outWeights": "Wo",
            "outBias": "bo",
        },
        {"type": "add", "name": "first", "inputs": ["X", "attended"]},
        {"type": "layer-norm", "gain": "g2", "bias": "s2"},
        {"type": "dense", "weights": "W1", "bias": "b1"},
        {"type": "gelu"},
        {"type": "dense", "name": "second", "weights": "W2", "bias": "b2"},
        {"type": "add", "inputs": ["first", "second"]},
    ]
    parameters = leaves(block, names)
    return Job("transformer", layers, {"type": "mse", "target": "T"}, {"X": X, "T": T}, parameters, cost)


def embedding(texts=3, words=4, vocabulary=7, features=3, classes=2):
    """A table of words, some of them read several times, layer norm of each, and the mean of each text."""
    torch.manual_seed(6)
    X, y = torch.randint(0, vocabulary, (texts, words)), torch.randint(0, classes, (texts,))
    parameters = {
        "E": torch.randn(vocabulary, features),
        "g": 1 + 0.2 * torch.randn(features),
        "s": 0.3 * torch.randn(features),
        "W": torch.randn(classes, features),
        "b": torch.randn(classes),
    }
    E, g, s, W, b = _leaves(parameters)

    def cost():
        z = F.layer_norm(F.embedding(X, E), (features,), g, s).mean(1)
        return F.cross_entropy(F.linear(torch.tanh(z), W, b), y)

    layers = [
        {"type": "embedding", "weights": "E"},
        {"type": "layer-norm", "gain": "g", "bias": "s"},
        {"type": "transpose", "axes": [0, 2, 1]},
        {"type": "global-average-pool"},
        {"type": "tanh"},
        {"type": "dense", "weights": "W", "bias": "b"},
    ]
    return Job("embedding", layers, {"type": "cross-entropy", "target": "y"}, {"X": X, "y": y}, parameters, cost)


def _scaled(outputs, *inputs):
    """Weights as He et al. (2015) draw them."""
    return math.sqrt(2 / math.prod(inputs)) * torch.randn(outputs, *inputs)


def _leaves(parameters):
    return [tensor.requires_grad_(True) for tensor in parameters.values()]
