"""A job document in the format `layers`, with PyTorch's cost and the gradients that autograd finds, in float64."""

import json
import pathlib

import torch
from safetensors.torch import save_file


class Job:
    """A network as a layers document beside PyTorch's own. `parameters` are the leaves behind what `cost()` gives."""

    def __init__(self, name, layers, loss, data, parameters, cost):
        self.name = name
        self.layers = layers
        self.loss = loss
        self.data = data
        self.parameters = parameters
        self.cost = cost

    def gradients(self):
        gradients = torch.autograd.grad(self.cost(), list(self.parameters.values()))
        return dict(zip(self.parameters, gradients))

    def write(self, folder):
        """One file with everything in it."""
        tensors = {"data": self.data, "parameters": self.parameters, "gradients": self.gradients()}
        lists = {
            section: {name: tensor.tolist() for name, tensor in named.items()}
            for section, named in tensors.items()
        }
        self._write_document(folder, lists)

    def write_with_files(self, folder):
        """The tensors in safetensors files beside the document, one for each of its sections."""
        tensors = {"data": self.data, "parameters": self.parameters, "gradients": self.gradients()}
        for section, named in tensors.items():
            contiguous = {name: tensor.detach().contiguous() for name, tensor in named.items()}
            save_file(contiguous, pathlib.Path(folder) / f"{self.name}.{section}.safetensors")
        self._write_document(folder, {})

    def _write_document(self, folder, tensors):
        document = {
            "name": self.name,
            "model": {
                "format": "layers",
                "layout": "batch-first",
                "weightLayout": "out-in",
                "layers": self.layers,
                "loss": self.loss,
            },
            **tensors,
            "cost": self.cost().item(),
        }
        (pathlib.Path(folder) / f"{self.name}.json").write_text(json.dumps(document) + "\n")


def leaves(module, names):
    """A module's parameters under other names."""
    return {name: module.get_parameter(theirs) for name, theirs in names.items()}


def recurrent(prefix, suffix=""):
    """PyTorch's names of one recurrent layer's parameters, by ours."""
    ends = {"Wx": "weight_ih", "Wh": "weight_hh", "bx": "bias_ih", "bh": "bias_hh"}
    return {prefix + ours: f"{theirs}_l{suffix or 0}" for ours, theirs in ends.items()}


def recurrent_fields(prefix):
    """The fields of a recurrent layer whose parameters have such names."""
    return {
        "inputWeights": prefix + "Wx",
        "hiddenWeights": prefix + "Wh",
        "inputBias": prefix + "bx",
        "hiddenBias": prefix + "bh",
    }


def squared_error(a, target):
    return ((a - target) ** 2).sum() / a.shape[0]
