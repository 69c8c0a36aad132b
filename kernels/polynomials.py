"""
Prints the coefficients that the vectorised functions of kernels/assembly/functions use, with the largest error of
each fit. Run it with mpmath 1.3 or later: `python3 kernels/polynomials.py`.

A polynomial is the interpolant at the Chebyshev nodes of its interval, which is within a small factor of the best
one (Trefethen, Approximation Theory and Approximation Practice, chapter 16).
"""

from mpmath import cos, erf, erfc, exp, expm1, linspace, log, lu_solve, matrix, mp, mpf, pi, polyval, sqrt

mp.prec = 260


def chebyshev_nodes(low, high, count):
    middle, half = (high + low) / 2, (high - low) / 2
    return [middle + half * cos(pi * (2 * j + 1) / (2 * count)) for j in range(count)]


def fit_polynomial(function, low, high, degree):
    nodes = chebyshev_nodes(low, high, degree + 1)
    rows = matrix([[x**power for power in range(degree + 1)] for x in nodes])
    return list(lu_solve(rows, matrix([function(x) for x in nodes])))


def fit_quotient(function, weight, low, high, top_degree, bottom_degree):
    """
    Numerator and denominator, the denominator's constant being 1, that minimise the weighted squares of the error;
    linearised with the denominator of the round before (Sanathanan and Koerner, 1963).
    """
    nodes = chebyshev_nodes(low, high, 120)
    bottom = [mpf(1)]
    for _ in range(4):
        rows, right = [], []
        for x in nodes:
            scale, value = weight(x) / evaluate(bottom, x), function(x)
            top_row = [scale * x**power for power in range(top_degree + 1)]
            rows.append(top_row + [-scale * value * x**power for power in range(1, bottom_degree + 1)])
            right.append(scale * value)
        a, b = matrix(rows), matrix(right)
        solved = list(lu_solve(a.T * a, a.T * b))
        top, bottom = solved[: top_degree + 1], [mpf(1), *solved[top_degree + 1 :]]
    return top, bottom


def rounded(coefficients):
    return [mpf(float(c)) for c in coefficients]


def evaluate(coefficients, x):
    return polyval(list(reversed(coefficients)), x)


def largest_error(error, low, high):
    return max(abs(error(x)) for x in linspace(low, high, 2001))


def show(title, error, *tables):
    print(f'{title}: error {float(error):.2g}')
    for table in tables:
        for c in table:
            print(f'  {float(c)!r},')
        print()


def show_exponential():
    """(eʳ − 1 − r)/r² for |r| ≤ ln 2 / 2; the error is that of eʳ."""
    limit = log(mpf(2)) / 2 * (1 + mpf(2) ** -20)
    function = lambda r: (expm1(r) - r) / r**2 if abs(r) > mpf(10) ** -20 else mpf(1) / 2
    table = rounded(fit_polynomial(function, -limit, limit, 10))
    error = largest_error(lambda r: (evaluate(table, r) - function(r)) * r**2, -limit, limit)
    show('exponential', error, table)


def show_logarithm(title, limit, degree):
    """(log(1 + f) − 2s)/s in z = s², s = f/(2 + f), divided by z; the error is that of the logarithm over s."""
    function = lambda z: (log((1 + sqrt(z)) / (1 - sqrt(z))) / sqrt(z) - 2) / z if z != 0 else mpf(2) / 3
    table = rounded(fit_polynomial(function, mpf(10) ** -30, limit**2, degree))
    error = largest_error(lambda z: (evaluate(table, z) - function(z)) * z, mpf(10) ** -30, limit**2)
    show(title, error, table)


def show_error_function():
    """erf(x)/x − 1 in x² below 0.84375, and erfc(x)·exp(x²) as a quotient above; errors are those of erf over erf."""
    split, end = mpf('0.84375'), mpf(6)
    near = lambda z: erf(sqrt(z)) / sqrt(z) - 1
    table = rounded(fit_polynomial(near, mpf(10) ** -30, split**2, 10))
    error = largest_error(lambda z: (evaluate(table, z) - near(z)) / (1 + near(z)), mpf(10) ** -30, split**2)
    show('error function, near', error, table)
    far = lambda x: erfc(x) * exp(x * x)
    top, bottom = map(rounded, fit_quotient(far, lambda x: exp(-x * x), split, end, 5, 6))
    quotient = lambda x: evaluate(top, x) / evaluate(bottom, x)
    error = largest_error(lambda x: (quotient(x) - far(x)) * exp(-x * x) / erf(x), split, end)
    show('error function, far', error, top, bottom)


if __name__ == '__main__':
    print('log2(e), ln 2 with its last 11 bits zero, and the rest')
    ln2 = log(mpf(2))
    high = mpf(int(ln2 * mpf(2) ** 42)) / mpf(2) ** 42
    for value in (1 / ln2, high, ln2 - high):
        print(f'  {float(value)!r}')
    show_exponential()
    show_logarithm('logarithm', 3 - 2 * sqrt(mpf(2)), 6)
    show_logarithm('logarithm of 1 + E', mpf(1) / 3, 12)
    show_error_function()
