"""torch.autograd.gradcheck over every parameter of a network, or of one of the models. Prints one line of JSON.

OMP_NUM_THREADS says how many threads PyTorch uses; 1 if it is not set.

With --sample, the slow mode moves only so many components, drawn from all of theta with a seed. The numeric Jacobian
is gradcheck's own code still: only the iterator that hands it the components is replaced by one that hands it fewer.
"""

import argparse
import importlib
import json
import os
import time

import numpy as np
import torch
from safetensors.torch import load_file

from network import Network, relative_difference
from rows import rows

# Not `torch.autograd.gradcheck`, which is the function of this name.
gradcheck_module = importlib.import_module("torch.autograd.gradcheck")

EPSILON = 1e-6
ABSOLUTE_TOLERANCE = 1e-5
RELATIVE_TOLERANCE = 1e-3
WARM_UP_PASSES = 10


def main():
    arguments = read_arguments()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    read = read_network if arguments.model is None else read_model
    cost, parameters, claimed = read(arguments)
    warm_up(cost, parameters)

    if arguments.mode == "slow" and arguments.sample is not None:
        result = check_sample(cost, parameters, arguments.sample, arguments.seed)
    else:
        result = check_whole(cost, parameters, fast=arguments.mode == "fast")

    print(
        json.dumps(
            {
                "peer": f"PyTorch {torch.__version__.split('+')[0]} gradcheck, {arguments.mode}",
                "total": sum(parameter.numel() for parameter in parameters),
                "cost": cost(*parameters).item(),
                "claimedDifference": relative_difference(
                    np.concatenate([gradient.numpy().ravel() for gradient in autograd(cost, parameters)]),
                    claimed,
                ),
                **result,
            }
        )
    )


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="where the row's numbers are")
    parser.add_argument("--model", help="which of the models it is; a network if left out")
    parser.add_argument("--mode", choices=["slow", "fast"], required=True)
    parser.add_argument("--sample", type=int, help="components to move; all of them if left out")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def warm_up(cost, parameters):
    for _ in range(WARM_UP_PASSES):
        cost(*parameters)
    # The first gradcheck of a process loads modules of PyTorch for seconds.
    tiny = torch.ones(2, dtype=torch.float64, requires_grad=True)
    for fast in (False, True):
        torch.autograd.gradcheck(torch.sum, (tiny,), fast_mode=fast)


def read_network(arguments):
    """J as a function of the parameters, the parameters, and the claimed gradient."""
    network = Network(arguments.folder)
    parameters = [
        torch.from_numpy(values.copy()).requires_grad_() for values in network.split(network.theta)
    ]
    return cost_function(network), parameters, network.claimed


def read_model(arguments):
    """As `read_network`. The files that were written say what the parameters are."""
    job = rows[arguments.model]()
    path = f"{arguments.folder}/{job.name}"
    stored, gradients = (load_file(f"{path}.{section}.safetensors") for section in ("parameters", "gradients"))
    with torch.no_grad():
        for name, parameter in job.parameters.items():
            parameter.copy_(stored[name])
    claimed = np.concatenate([gradients[name].numpy().ravel() for name in job.parameters])
    # gradcheck moves the parameters where they are, so that the model sees it.
    return lambda *parameters: job.cost(), list(job.parameters.values()), claimed


def cost_function(network):
    inputs = torch.from_numpy(network.inputs)
    labels = torch.from_numpy(network.labels)

    def cost(*parameters):
        activation = inputs
        for layer in range(0, len(parameters), 2):
            activation = torch.addmm(parameters[layer + 1], activation, parameters[layer])
            if layer + 2 < len(parameters):
                activation = torch.relu(activation)
        return torch.nn.functional.cross_entropy(activation, labels)

    return cost


def check_whole(cost, parameters, fast):
    started = time.perf_counter()
    ok = torch.autograd.gradcheck(
        cost,
        tuple(parameters),
        eps=EPSILON,
        atol=ABSOLUTE_TOLERANCE,
        rtol=RELATIVE_TOLERANCE,
        fast_mode=fast,
        raise_exception=False,
    )
    seconds = time.perf_counter() - started
    return {"components": sum(parameter.numel() for parameter in parameters), "seconds": seconds, "ok": ok}


def check_sample(cost, parameters, size, seed):
    chosen = choose(parameters, size, seed)
    gradcheck_module._iter_tensor = sampled_iterator(parameters, chosen)
    inputs = tuple(parameters)

    started = time.perf_counter()
    outputs = (cost(*inputs),)
    jacobians = gradcheck_module._get_numerical_jacobian(cost, inputs, outputs, eps=EPSILON)
    seconds = time.perf_counter() - started

    ok = all(
        torch.allclose(
            jacobian[0][positions, 0],
            gradient.ravel()[positions],
            rtol=RELATIVE_TOLERANCE,
            atol=ABSOLUTE_TOLERANCE,
        )
        for jacobian, gradient, positions in zip(jacobians, autograd(cost, parameters), chosen)
    )
    return {"components": sum(len(positions) for positions in chosen), "seconds": seconds, "ok": ok}


def choose(parameters, size, seed):
    """Positions within each parameter: `size` components drawn from all of theta, each at most once."""
    lengths = [parameter.numel() for parameter in parameters]
    drawn = np.sort(np.random.default_rng(seed).choice(sum(lengths), size=min(size, sum(lengths)), replace=False))
    ends = np.cumsum(lengths)
    return [
        torch.from_numpy(drawn[(drawn >= end - length) & (drawn < end)] - (end - length))
        for length, end in zip(lengths, ends)
    ]


def sampled_iterator(parameters, chosen):
    """As gradcheck's own `_iter_tensor` for a dense tensor, but for the chosen positions alone."""
    positions_of = {id(parameter): positions for parameter, positions in zip(parameters, chosen)}

    def iterate(tensor):
        values = tensor.data
        for position in positions_of[id(tensor)].tolist():
            yield values, tuple(int(i) for i in np.unravel_index(position, values.shape)), position

    return iterate


def autograd(cost, parameters):
    return torch.autograd.grad(cost(*parameters), parameters)


main()
