"""The network that the benchmark wrote to a folder: the same numbers for every peer.

network.json   {"sizes": [256, 128, ...], "examples": 32, "labels": [3, 0, ...]}
inputs.f64     X, one row per example
theta.f64      W1, b1, W2, b2, ... one after the other; a W has one row per input
claimed.f64    the claimed gradient, laid out as theta

All numbers are float64, little-endian, row-major. J is the mean softmax cross-entropy of a network with ReLU between
its layers and none after the last.
"""

import json
from pathlib import Path

import numpy as np


class Network:
    def __init__(self, folder):
        folder = Path(folder)
        described = json.loads((folder / "network.json").read_text())
        sizes = described["sizes"]
        self.labels = np.array(described["labels"], dtype=np.int64)
        self.inputs = _read(folder / "inputs.f64").reshape(described["examples"], sizes[0])
        self.theta = _read(folder / "theta.f64")
        self.claimed = _read(folder / "claimed.f64")
        self.shapes = [shape for n, m in zip(sizes, sizes[1:]) for shape in ((n, m), (m,))]

    def split(self, theta):
        """The parameters as views of a flat theta: [W1, b1, W2, b2, ...]."""
        parameters, offset = [], 0
        for shape in self.shapes:
            size = int(np.prod(shape))
            parameters.append(theta[offset : offset + size].reshape(shape))
            offset += size
        return parameters

    def cost(self, theta):
        """J of a flat theta, in NumPy."""
        parameters = self.split(theta)
        activation = self.inputs
        for layer in range(0, len(parameters), 2):
            activation = activation @ parameters[layer] + parameters[layer + 1]
            if layer + 2 < len(parameters):
                np.maximum(activation, 0, out=activation)
        largest = activation.max(axis=1, keepdims=True)
        log_normalizer = np.log(np.exp(activation - largest).sum(axis=1)) + largest[:, 0]
        return (log_normalizer - activation[np.arange(len(self.labels)), self.labels]).mean()


def relative_difference(a, b):
    norms = np.linalg.norm(a) + np.linalg.norm(b)
    return float(np.linalg.norm(a - b) / norms) if norms > 0 else 0.0


def _read(path):
    return np.fromfile(path, dtype="<f8")
