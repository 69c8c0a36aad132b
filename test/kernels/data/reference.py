"""
Writes what the vectorised functions are measured against: for each function a file of lines

    <input> <result> <rest>

with input and correctly rounded result as the 16 hexadecimal digits of a float64, and the rest – the true value less
the result, in units in the last place of the result – in 256ths. Run it with mpmath 1.3 or later:

    python3 test/kernels/data/reference.py [points per function] [folder]
"""

import random
import struct
import sys
from math import inf, isinf, isnan, ldexp, nan, nextafter
from pathlib import Path

from mpmath import erf, exp, expm1, floor, log, log1p, mp, mpf, nint, tanh

mp.prec = 400

LARGEST = sys.float_info.max
SMALLEST = 5e-324
LN2 = float(log(mpf(2)))

functions = {
    'exp': exp,
    'expm1': expm1,
    'log': log,
    'log1p': log1p,
    'tanh': tanh,
    'sigmoid': lambda x: 1 / (1 + exp(-x)),
    'softplus': lambda x: log1p(exp(x)),
    'erf': erf,
}

# Values where mpmath has none, or none that a float64 tells apart from its neighbour.
limits = {
    'exp': {inf: inf, -inf: 0.0},
    'expm1': {inf: inf, -inf: -1.0, -0.0: -0.0},
    'log': {inf: inf, 0.0: -inf},
    'log1p': {inf: inf, -1.0: -inf, -0.0: -0.0},
    'tanh': {inf: 1.0, -inf: -1.0, -0.0: -0.0},
    'sigmoid': {inf: 1.0, -inf: 0.0},
    'softplus': {inf: inf, -inf: 0.0},
    'erf': {inf: 1.0, -inf: -1.0, -0.0: -0.0},
}

lowest = {'log': 0.0, 'log1p': -1.0}

# Where the implementations, or the results' kinds, change.
corners = {
    'exp': [708, -708, 709.782712893384, 709.7827128933841, -708.3964185322641, -745.1332191019411, -745.13321910194122, -746, 710],
    'expm1': [38, -38, 36.7, -37.43, 709.782712893384, 709.7827128933841, LN2, -LN2, 0.5 * LN2, -0.5 * LN2],
    'log': [0.5, 0.7071067811865475, 0.7071067811865476, 1.414213562373095, 1.4142135623730951, 2.2250738585072014e-308, 1.5e-308],
    'log1p': [-0.2928932188134524, 0.41421356237309503, -0.9999999999999999, -0.5, 4503599627370496.0, 9007199254740992.0],
    'tanh': [20, 19.06, 0.1732867951399863, 0.5493061443340548],
    'sigmoid': [708, -708, 700, -700, -745.13, 36.7, 37],
    'softplus': [708, -708, 700, -700, -745.13, 36.7, -37],
    'erf': [0.84375, 0.8437499999999999, 6, 5.863584748755168, 5.99],
}

# Where the functions are used.
ranges = {
    'exp': [(-1, 1), (-40, 40), (-746, 710)],
    'expm1': [(-1, 1), (-0.4, 0.4), (-40, 40)],
    'log': [(0.5, 2), (0, 1), (0, 1000)],
    'log1p': [(-0.5, 1), (-1, 0), (0, 1000)],
    'tanh': [(-1, 1), (-4, 4), (-20, 20)],
    'sigmoid': [(-1, 1), (-8, 8), (-40, 40), (-746, 50)],
    'softplus': [(-1, 1), (-8, 8), (-40, 40), (-746, 50)],
    'erf': [(-0.9, 0.9), (-2, 2), (-6, 6)],
}


def bits(x):
    return struct.pack('>d', nan if isnan(x) else x).hex()


def rounded(value):
    """The nearest float64, and what is left in its last places."""
    if value == 0:
        return 0.0, 0.0
    if abs(value) >= mpf(2) ** 1024:
        return (inf if value > 0 else -inf), 0.0
    exponent = max(int(floor(log(abs(value), 2))), -1022) - 52
    units = value / mpf(2) ** exponent
    whole = int(nint(units))
    try:
        return ldexp(whole, exponent), float(units - whole)
    except OverflowError:
        return inf if whole > 0 else -inf, 0.0


def answer(name, x):
    if isnan(x) or x < lowest.get(name, -inf):
        return nan, 0.0
    known = limits[name].get(x)
    if known is not None and (x != 0 or bits(x) == bits(-0.0) or name == 'log'):
        return known, 0.0
    return rounded(functions[name](mpf(x)))


def neighbours(x):
    return [nextafter(x, -inf), x, nextafter(x, inf)]


def hard_points(name):
    specials = [0.0, -0.0, inf, -inf, nan, SMALLEST, -SMALLEST, LARGEST, -LARGEST]
    edges = [2.2250738585072014e-308, -2.2250738585072014e-308, 1.0, -1.0, *corners[name], *(-x for x in corners[name])]
    powers = [sign * 2.0**power for power in (-1060, -1000, -500, -60, -54, -53, -52, -30, -8, -2, 3) for sign in (1, -1)]
    halfway = [(k + 0.5) * LN2 for k in (-1000, -100, -10, -3, -2, -1, 0, 1, 2, 9, 99, 999)]
    return specials + [y for x in edges + powers + halfway for y in neighbours(x)]


def random_point(name, source):
    kind = source.randrange(len(ranges[name]) + 1)
    if kind < len(ranges[name]):
        return source.uniform(*ranges[name][kind])
    # Any magnitude, the small ones most.
    value = ldexp(source.uniform(1, 2), int(-1074 * source.random() ** 4) + source.randrange(4))
    return value if name == 'log' else source.choice((-1, 1)) * value


def points(name, count):
    source = random.Random(name)
    chosen = list(dict.fromkeys(bits(x) for x in hard_points(name)))
    while len(chosen) < count:
        chosen.append(bits(random_point(name, source)))
    return [struct.unpack('>d', bytes.fromhex(digits))[0] for digits in chosen]


def lines(name, count):
    for x in points(name, count):
        result, rest = answer(name, x)
        yield f'{bits(x)} {bits(result)} {round(rest * 256)}\n'


if __name__ == '__main__':
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 900
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent
    for function in functions:
        (folder / f'{function}.txt').write_text(''.join(lines(function, count)))
