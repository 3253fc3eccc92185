#!/usr/bin/env python3
"""Writes PortableMath.vectors: function, bits of the argument(s), bits of the correctly rounded result.

Only Python's decimal module (320 digits) and integers are used: exp and ln are decimal's own, sine, cosine and arcsine are
series here. A decimal value is rounded once, by float(), which is correct for any number of digits.
Exact powers and ties are formed with fractions. Run: python3 generate-vectors.py
"""
import math
import random
import struct
from decimal import Decimal, getcontext, MAX_EMAX, MIN_EMIN, Overflow
from fractions import Fraction
from pathlib import Path

context = getcontext()
context.prec = 320
context.Emax, context.Emin = MAX_EMAX, MIN_EMIN
random.seed(20260)
D = Decimal
LN2 = D(2).ln()
PI_DIGITS = 700


def machin():
    one = 10 ** (PI_DIGITS + 20)

    def inverse(n):
        term, total, k, sign = one // n, 0, 1, 1
        while term:
            total, term, k, sign = total + sign * (term // k), term // (n * n), k + 2, -sign
        return total
    return 16 * inverse(5) - 4 * inverse(239), one


PI_NUM, PI_DEN = machin()
PI = D(PI_NUM) / D(PI_DEN)


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def from_bits(b):
    return struct.unpack("<d", struct.pack("<Q", b))[0]


def series_sine(x):
    term, total, k = x, x, 1
    while term and abs(term) > abs(total) * D(10) ** -310:
        term = -term * x * x / ((k + 1) * (k + 2))
        total, k = total + term, k + 2
    return total


def series_cosine(x):
    term, total, k = D(1), D(1), 0
    while term and abs(term) > D(10) ** -310:
        term = -term * x * x / ((k + 1) * (k + 2))
        total, k = total + term, k + 2
    return total


def reduce_quarter(x):
    # x - n*pi/2 with n nearest, by integers: 2*x/pi has at most 310 digits before the point.
    f = Fraction(x)
    n = round(f * 2 * PI_DEN / PI_NUM)
    rest = f - Fraction(n * PI_NUM, 2 * PI_DEN)
    return n % 4, D(rest.numerator) / D(rest.denominator)


def sine(x, turn=0):
    n, r = reduce_quarter(x)
    n = (n + turn) % 4
    value = series_cosine(r) if n & 1 else series_sine(r)
    return -value if n >= 2 else value


def arcsine(x):
    # Newton from the double estimate; each step doubles the digits. Near 1 by half of the angle.
    x = D(x)
    if abs(x) > D("0.7"):
        value = PI / 2 - 2 * arcsine_small(((1 - abs(x)) / 2).sqrt())
        return -value if x < 0 else value
    return arcsine_small(x)


def arcsine_small(x):
    a = D(math.asin(float(x)))
    for _ in range(6):
        a += (x - series_sine(a)) / series_cosine(a)
    return a


def power(x, y):
    f, g = Fraction(x), Fraction(y)
    while g.denominator > 1 and f.numerator and (roots := exact_root(f)):
        f, g = roots, g * 2
    if g.denominator == 1 and (abs(g) <= 64 or f in (1, 2, Fraction(1, 2))) and abs(g) < 4096:
        return rounded_fraction(f ** int(g))
    return rounded((D(y) * D(x).ln()).exp())


def exact_root(f):
    root = Fraction(math.isqrt(f.numerator), math.isqrt(f.denominator))
    return root if f != 1 and root * root == f else None


def rounded_fraction(f):
    try:
        return f.numerator / f.denominator
    except OverflowError:
        return math.inf if f > 0 else -math.inf


def rounded(d):
    # With 320 digits a tie cannot be met except where the value is exact; float() rounds once, ties to even.
    return float(d)


FUNCTIONS = {
    "exp": lambda x: rounded(D(x).exp()),
    "exp2": lambda x: math.ldexp(1.0, int(x)) if x == int(x) and -1075 < x < 1024 else rounded((D(x) * LN2).exp()),
    "log": lambda x: rounded(D(x).ln()),
    "log1p": lambda x: x if abs(x) < 1e-150 else rounded((1 + D(x)).ln()),
    "sin": lambda x: rounded(sine(x)),
    "cos": lambda x: rounded(sine(x, 1)),
    "asin": lambda x: x if abs(x) < 1e-150 else rounded(arcsine(x)),
    "pow": power,
}


def near(x, count=2):
    b = bits(x)
    return [from_bits(b + i) for i in range(-count, count + 1)]


def logs(low, high, count, signed=False):
    values = [math.exp(random.uniform(math.log(low), math.log(high))) for _ in range(count)]
    return [v if not signed or random.random() < 0.5 else -v for v in values]


H = float.fromhex
# Arguments whose results lie closest to the middle of two doubles, or to a double (V. Lefevre and J.-M. Muller, "Worst cases
# for correct rounding of the elementary functions in double precision", 2001; also in J.-M. Muller, "Elementary Functions").
WORST = {
    "exp": [H(s) for s in ["-0x1.12D9B475F5DB4p-35", "0x1.9E9CBBFD6080Bp-31", "0x1.83D4BCDEBB3F4p+2", "-0x1.1D5C2DAEBE367p+4", "0x1.9324EC578D7B1p-27",
                           "-0x1.ED318EFB627EAp-27", "0x1.4BD46601AE1EFp-25", "0x1.AEBF9D1D9BD6Bp-30", "-0x1.3F8EBE1B6A2ACp-22", "0x1p-53", "-0x1p-54",
                           "0x1.7FFFFFFFFFFFDp-49", "0x1.8p-53", "0x1.A8EAD058BC6B8p+3", "0x1.1D71965F516ADp+1"]],
    "log": [H(s) for s in ["0x1.BADED30CBF1C4p-1", "0x1.EA71D85CEE020p+509", "0x1.62A88613629B6p+678", "0x1.AB50B409C8AEEp+8", "0x1.9EE8230E5C574p-29",
                           "0x1.C90810D354618p+245", "0x1.FD15F1B5C3F65p-1", "0x1.0ADBB1F4C9A7Fp+0", "0x1.FFFFFFFFFFFFFp-1", "0x1.0000000000001p+0"]],
    "sin": [H(s) for s in ["0x1.E0000000001C2p-20", "0x1.598BAE9E632F6p-7", "0x1.FE767739D0F6Dp-2", "0x1.9283586503FEp-5", "0x1.D7BDCD778049Fp-5",
                           "0x1.6AC5B262CA1FFp+849", "0x1.5BEA010468E9Ap-5"]],
    "cos": [H(s) for s in ["0x1.1B649B3DF4F7Fp-1", "0x1.34EC2F9FC9C00p+1", "0x1.8000000000009p-23", "0x1.6AC5B262CA1FFp+849", "0x1.06B505550E6B2p-9"]],
    "asin": [H(s) for s in ["0x1.DFFFFFFFFFC79p-20", "0x1.9283586503FEp-5", "0x1.FCFA2AA9EFF4p-2", "0x1.FFFFFFFFFFFFFp-1", "0x1.6A09E667F3BCDp-1"]],
    "exp2": [H(s) for s in ["0x1.E4596526BF94Dp-10", "0x1.DF760B2CDEED3p-49", "0x1.71547652B82FEp-53", "-0x1.71547652B82FEp-54", "0x1.BFBBD44E9BB9Cp-1"]],
    "log1p": [H(s) for s in ["0x1.FFFFFFFFFFFFFp-53", "0x1.8000000000003p-50", "-0x1.FFFFFFFFFFFFFp-1", "0x1.0000000000001p-53", "0x1.3F6E6D4A1D8F6p-41"]],
}

exponent_points = [0.0, 1.0, -1.0, 0.5, math.log(2) / 2, 709.0, -708.0, 709.782712893384, 709.7827128933841, -708.3964185322641, -745.1332191019411,
                   -745.1332191019412, 744.4400719213812 * -1, 710.0, -746.0, 1e-300, -1e-300, 5e-324, 1e300, -1e300]
angles = [v for k in list(range(1, 40)) + [100, 355, 710, 1000, 1024, 65536, 1000003, 2 ** 27 + 1, 2 ** 40 + 3] for v in near(k * H("0x1.921fb54442d18p0"), 1)]
huge = [1e15, 1e16, 1e22, 1e100, 1e300, 1.7976931348623157e308, H("0x1.6ac5b262ca1ffp849"), 2.0 ** 1023, 2.0 ** 20, 2.0 ** 20 - 2 ** -32, 1048576.5, 6381956970095103.0 * 2.0 ** 797,
        5.31937264832654141671e255]
tiny = [0.0, 5e-324, 2.5e-310, 2.2250738585072014e-308, 1e-200, 1e-17, 1e-16, 1e-10, 9.3e-10, 3.7e-9, 1e-8, 1.1e-8, 1e-5, 2.0 ** -26, 2.0 ** -27, 2.0 ** -53, 2.0 ** -54]
signed_tiny = tiny + [-v for v in tiny[1:]]

ARGUMENTS = {
    "exp": exponent_points + signed_tiny + logs(1e-9, 709, 250, True) + [random.uniform(-745.2, -708) for _ in range(40)] + [random.uniform(-1, 1) for _ in range(100)],
    "exp2": [0.0, 1.0, -1.0, 0.5, 1023.0, 1023.9999999999999, 1024.0, -1022.0, -1074.0, -1074.5, -1075.0, -1075.0000000000002, -1074.9999999999998, -1e300, 1e300] + signed_tiny
            + [float(k) for k in range(-1074, 1024, 97)] + logs(1e-9, 1023, 250, True) + [random.uniform(-1076, -1020) for _ in range(40)],
    "log": [v for v in tiny if v > 0] + near(1.0, 20) + near(0.6875) + near(1.375) + near(2.0) + [1.7976931348623157e308, 10.0, 0.1] + logs(1e-300, 1e300, 200)
           + [1 + x for x in logs(1e-14, 0.3, 150, True)] + [from_bits(random.getrandbits(51)) for _ in range(20)] + [float(k) for k in range(2, 60)],
    "log1p": signed_tiny + near(-0.9999999999999998, 1)[:2] + [-0.5, 1.0, 1e300, 1.7976931348623157e308, 2.0 ** 53, 2.0 ** 53 + 2, 2.0 ** 54, 4503599627370495.5]
             + [x for x in logs(1e-17, 0.9999, 300, True)] + logs(0.5, 1e20, 100) + [-1 + x for x in logs(1e-15, 0.5, 40)] + [float(k) for k in range(2, 40)],
    "sin": signed_tiny + angles + huge + [-v for v in huge] + logs(1e-9, 1e6, 200, True) + logs(1e6, 1e308, 100, True) + [random.uniform(-7, 7) for _ in range(150)],
    "cos": signed_tiny + angles + huge + [-v for v in huge] + logs(1e-9, 1e6, 200, True) + logs(1e6, 1e308, 100, True) + [random.uniform(-7, 7) for _ in range(150)],
    "asin": signed_tiny + near(0.5) + near(-0.5) + near(math.sqrt(0.5)) + near(1.0, 20)[:21] + [-1.0] + [random.uniform(-1, 1) for _ in range(200)] + logs(1e-9, 0.5, 100, True)
            + [1 - x for x in logs(1e-15, 0.5, 60)] + [math.sin(k * math.pi / 512) for k in range(0, 256, 7)],
}

PAIRS = []
for _ in range(400):
    x = logs(1e-300, 1e300, 1)[0]
    limit = 750 / abs(math.log(x)) if x != 1 else 1.0
    PAIRS.append((x, random.uniform(-limit, limit)))
for _ in range(200):
    x = 1 + logs(1e-15, 0.5, 1, True)[0]
    PAIRS.append((x, random.uniform(-1, 1) * min(700 / abs(math.log(x)), 2.0 ** 60)))
for x in [3.0, 5.0, 7.0, 10.0, 1.1, 0.1, 0.5, 2.0, 4.0, 1.5, 9.0, 134217729.0, 94906267.0, 208065.0, 8191.0, 2.0 ** -1074, 2.0 ** -600, 1.0000000000000002, 0.9999999999999999]:
    for y in [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 17.0, 34.0, 35.0, -1.0, -2.0, -3.0, 0.5, 1.5, 2.5, -0.5, 0.25, 0.125, 1e-300, -1e-20, 1.0 / 3]:
        PAIRS.append((x, y))
for a, n, k in [(3, 3, 2), (3, 5, 4), (5, 7, 8), (3, 33, 2), (3, 34, 1), (1.5, 9, 4), (7, 3, 16), (3, 31, 1), (5, 23, 1), (11, 15, 1)]:
    PAIRS.append((float(Fraction(a) ** k) if Fraction(a) ** k < 2 ** 53 else float(a), n / k))
for y in [-536.99, -537.0, -537.25, -537.5, -538.0, 511.9, 512.0, 513.0]:
    PAIRS.append((4.0, y))
# Exact ties: odd numbers whose power has 54 bits; and ties among the subnormals.
for x in [208063.0, 208061.0, 207973.0, 165141.0, 166667.0]:
    PAIRS.append((x, 3.0))
for x, y in [(3.0 * 2.0 ** -359, 3.0), (5.0 * 2.0 ** -359, 3.0), (3.0 * 2.0 ** -269, 4.0), (7.0 * 2.0 ** -216, 5.0), (9.0 * 2.0 ** -716, 1.5)]:
    PAIRS.append((x, y))

def main():
    lines = []
    for name, values in ARGUMENTS.items():
        for x in sorted(set(values + WORST.get(name, []))):
            try:
                result = FUNCTIONS[name](x)
            except (OverflowError, Overflow):
                result = math.inf
            lines.append(f"{name} {bits(x):016X} {bits(result):016X}")
    for x, y in sorted(set(PAIRS)):
        result = FUNCTIONS["pow"](x, y)
        lines.append(f"pow {bits(x):016X} {bits(y):016X} {bits(result):016X}")
    (Path(__file__).parent / "PortableMath.vectors").write_text("\n".join(lines) + "\n")
    print(len(lines), "vectors")


main()
