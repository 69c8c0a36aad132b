"""Has a gradient written by hand checked against the forward pass of a PyTorch module: python from_pytorch.py

    pip install torch onnx safetensors
    npx gradcheck check classifier.json --model classifier.onnx --gradients classifier.gradients.safetensors

The module is exported with its loss, so that J is what the file computes; in float64, so that rounding does not hide
mistakes; and with nothing folded, so that every parameter is there by its own name.
"""

import json

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 6)
        self.second = nn.Linear(6, 3)

    def forward(self, X, y):
        return F.cross_entropy(self.second(torch.tanh(self.first(X))), y)


def gradients_by_hand(model, X, y):
    """What is to be checked. The mistake: the derivative of tanh, 1 − hidden², is left out of dz1."""
    hidden = torch.tanh(model.first(X))
    dz2 = (model.second(hidden).softmax(1) - F.one_hot(y, 3)) / len(y)
    dz1 = dz2 @ model.second.weight
    return {
        "first.weight": dz1.T @ X,
        "first.bias": dz1.sum(0),
        "second.weight": dz2.T @ hidden,
        "second.bias": dz2.sum(0),
    }


torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
model, X, y = Classifier(), torch.randn(5, 4), torch.randint(0, 3, (5,))
names = {"input_names": ["X", "y"], "output_names": ["J"]}
# The older exporter needs no other package; with dynamo=True, say optimize=False.
torch.onnx.export(
    model,
    (X, y),
    "classifier.onnx",
    dynamo=False,
    training=torch.onnx.TrainingMode.TRAINING,
    do_constant_folding=False,
    **names,
)
with torch.no_grad():
    cost, gradients = model(X, y), gradients_by_hand(model, X, y)
save_file({name: each.contiguous() for name, each in gradients.items()}, "classifier.gradients.safetensors")
job = {
    "name": "classifier",
    "model": {"format": "onnx"},
    "data": {"X": X.tolist(), "y": y.tolist()},
    "cost": cost.item(),
}
with open("classifier.json", "w") as file:
    json.dump(job, file)
