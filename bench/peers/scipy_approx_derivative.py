"""scipy.optimize._numdiff.approx_derivative of J as a function of the flat theta. Prints one line of JSON.

NumPy's products use as many threads as OPENBLAS_NUM_THREADS says.

With --sample, the derivative is taken by so many components, drawn from all of theta with a seed, the others held.
"""

import argparse
import json
import time

import numpy as np
import scipy
from scipy.optimize._numdiff import approx_derivative

from network import Network, relative_difference

# Two-point differences with SciPy's own step of 1.5e-8 are good to about 7 digits of J.
ACCEPTED_DIFFERENCE = 1e-3
WARM_UP_PASSES = 10


def main():
    arguments = read_arguments()
    network = Network(arguments.folder)
    moved = choose(network.theta.size, arguments.sample, arguments.seed)
    cost = cost_of(network, moved)
    start = network.theta[moved]
    for _ in range(WARM_UP_PASSES):
        cost(start)
    approx_derivative(np.sum, np.ones(2), method=arguments.method)

    started = time.perf_counter()
    numeric = approx_derivative(cost, start, method=arguments.method)
    seconds = time.perf_counter() - started

    difference = relative_difference(numeric.ravel(), network.claimed[moved])
    print(
        json.dumps(
            {
                "peer": f"SciPy {scipy.__version__} approx_derivative, {arguments.method}",
                "total": network.theta.size,
                "cost": float(network.cost(network.theta)),
                "claimedDifference": difference,
                "components": start.size,
                "seconds": seconds,
                "ok": difference < ACCEPTED_DIFFERENCE,
            }
        )
    )


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--method", choices=["2-point", "3-point"], required=True)
    parser.add_argument("--sample", type=int, help="components to move; all of them if left out")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def choose(total, size, seed):
    if size is None or size >= total:
        return slice(None)
    return np.sort(np.random.default_rng(seed).choice(total, size=size, replace=False))


def cost_of(network, moved):
    if isinstance(moved, slice):
        return network.cost

    def cost(values):
        # approx_derivative copies the vector that it moves; for the whole theta it would copy all of it.
        theta = network.theta.copy()
        theta[moved] = values
        return network.cost(theta)

    return cost


main()
