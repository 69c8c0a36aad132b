"""
Writes complex-functions.txt beside itself: for each line `function re im re im … : re im`, the numbers as the shortest
decimals that give the float64, the value at the one or two arguments rounded once from 700 digits. Run it with mpmath 1.3 or later: `python3 test/graph/data/complex-functions.py`.
"""

from pathlib import Path

from mpmath import cos, erf, exp, expm1, log, mp, mpc, mpf, sin, sqrt, tanh

# 1 + e^-600 must leave digits enough.
mp.dps = 700

IMAGINARY = [0.0, 1e-20, -3e-20, 2.5e-9, 0.3, -1.1]
SMALL = [-2.75, -0.9, -0.3, -1e-3, -1e-12, 1e-12, 0.002, 0.45, 0.55, 1.0, 1.0000001, 1.9, 7.25]
TAILS = [-600.0, -38.5, -22.5, -21.5, 21.5, 22.5, 38.5, 600.0]
POSITIVE = [1e-12, 0.002, 0.45, 0.55, 0.9999999, 1.0, 1.0000001, 1.9, 7.25, 1e6, 1e150]
BEYOND_MINUS_ONE = [-0.9999999, -0.9, -0.3, -1e-3, -1e-12, 1e-12, 0.002, 0.45, 0.55, 1.0, 7.25, 1e6]

FUNCTIONS = {
    "exp": (exp, SMALL + [-600.0, 600.0]),
    "expm1": (expm1, SMALL + [-38.5, 38.5]),
    "log": (log, POSITIVE),
    "log1p": (lambda z: log(1 + z), BEYOND_MINUS_ONE),
    "sqrt": (sqrt, POSITIVE),
    "sin": (sin, SMALL),
    "cos": (cos, SMALL),
    "tanh": (tanh, SMALL + TAILS),
    "sigmoid": (lambda z: 1 / (1 + exp(-z)), SMALL + TAILS),
    "erf": (erf, SMALL + [0.0, -3.1, 2.9, 4.0, -5.9, 6.1, 12.3, 25.0]),
    "softplus": (lambda z: log(1 + exp(z)), SMALL + TAILS),
}

POWERS = [(2.5, 0.0), (-0.5, 0.0), (3.0, 0.0), (-2.0, 0.0), (0.3, 1e-20), (2.0, -2e-20), (1.5, 0.4)]
NEGATIVE = [(3.0, 0.0), (2.0, 0.0), (-1.0, 0.0), (5.0, 0.0)]


def text(value):
    return f"{float(value.real)!r} {float(value.imag)!r}"


def lines():
    for name, (function, reals) in FUNCTIONS.items():
        for re in reals:
            for im in IMAGINARY:
                z = mpc(mpf(re), mpf(im))
                yield f"{name} {re!r} {im!r} : {text(function(z))}"
    for re in [0.3, 0.9999999, 1.0, 4.5]:
        for im in IMAGINARY[:4]:
            for exponent in POWERS:
                yield power_line(re, im, exponent)
    for im in IMAGINARY:
        for exponent in NEGATIVE:
            yield power_line(-1.7, im, exponent)


def power_line(re, im, exponent):
    z, w = mpc(mpf(re), mpf(im)), mpc(*map(mpf, exponent))
    value = z ** int(exponent[0]) if exponent[1] == 0 and exponent[0] == int(exponent[0]) else exp(w * log(z))
    return f"power {re!r} {im!r} {exponent[0]!r} {exponent[1]!r} : {text(value)}"


Path(__file__).with_suffix(".txt").write_text("\n".join(lines()) + "\n")
