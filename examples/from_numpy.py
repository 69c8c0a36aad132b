"""Has backpropagation in NumPy checked: python from_numpy.py

    pip install numpy
    npx gradcheck check network.json --parameters network.parameters.npz --gradients network.gradients.npz

The forward pass is told as layers, so nothing but NumPy is needed; arrays go as .npz, with all their digits.
"""

import json

import numpy as np

rng = np.random.default_rng(1)
X, Y = rng.standard_normal((4, 20)), rng.integers(0, 2, (1, 20))
parameters = {
    "W1": 0.5 * rng.standard_normal((5, 4)),
    "b1": 0.1 * rng.standard_normal((5, 1)),
    "W2": 0.5 * rng.standard_normal((1, 5)),
    "b2": 0.1 * rng.standard_normal((1, 1)),
}
penalty = 0.7


def forward():
    A1 = np.tanh(parameters["W1"] @ X + parameters["b1"])
    A2 = 1 / (1 + np.exp(-(parameters["W2"] @ A1 + parameters["b2"])))
    return A1, A2


def gradients_by_hand():
    """What is to be checked. The mistake: W1 is penalised in J, but not here."""
    A1, A2 = forward()
    m = X.shape[1]
    dZ2 = (A2 - Y) / m
    dZ1 = (parameters["W2"].T @ dZ2) * (1 - A1**2)
    return {
        "W1": dZ1 @ X.T,
        "b1": dZ1.sum(axis=1, keepdims=True),
        "W2": dZ2 @ A1.T + penalty / m * parameters["W2"],
        "b2": dZ2.sum(axis=1, keepdims=True),
    }


job = {
    "name": "network",
    "model": {
        "format": "layers",
        "layout": "features-first",
        "layers": [
            {"type": "dense", "weights": "W1", "bias": "b1"},
            {"type": "tanh"},
            {"type": "dense", "weights": "W2", "bias": "b2"},
            {"type": "sigmoid"},
        ],
        "loss": {"type": "binary-cross-entropy", "target": "Y"},
        "regularization": [{"type": "l2", "lambda": penalty, "parameters": ["W1", "W2"], "scale": "1/(2m)"}],
    },
    "data": {"X": X.tolist(), "Y": Y.tolist()},
}
with open("network.json", "w") as file:
    json.dump(job, file)
np.savez("network.parameters.npz", **parameters)
np.savez("network.gradients.npz", **gradients_by_hand())
