using System.Buffers.Binary;
using System.Numerics;

namespace Serving.Data.Numerics;

/// <summary>
/// A sum of doubles and of products of doubles without any rounding; only its results are rounded, once.
/// </summary>
/// <remarks>
/// A fixed-point number of 4,288 digits in limbs of 32, each in a signed 64-bit word, so that carries wait (R. M.
/// Neal, "Fast exact summation using small and large superaccumulators", arXiv:1505.05571). An addition touches three
/// limbs; carries are settled after 2^30 of them. The order of additions and merges cannot change the result. Not
/// thread-safe: one owner, or one sum per thread and <see cref="Merge"/>. 1.1 KB; only results allocate.
/// </remarks>
public sealed class ExactSum
{
    // The last place of the product of two smallest subnormals.
    private const int LowestExponent = -2148;

    // From 2^-2148 to 2^2048, and 64 digits more for sums of many.
    private const int LimbCount = 135;
    private const int MaxPending = 1 << 30;

    // The value is the sum of _limbs[i] * 2^(32*i - 2148); |_limbs[i]| stays below (_pending + 1) * 2^32.
    private readonly long[] _limbs = new long[LimbCount];
    private int _pending;

    /// <summary>Adds a finite number exactly.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is NaN or infinite.</exception>
    public void Add(double value)
    {
        ThrowIfNotFinite(value);
        Binary64 parts = Binary64.From(value);
        AddDigits((ulong)Math.Abs(parts.Significand), parts.Exponent - LowestExponent, parts.Significand < 0);
    }

    /// <summary>Adds value * value exactly.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is NaN or infinite.</exception>
    public void AddSquare(double value) => AddProduct(value, value);

    /// <summary>Adds left * right exactly.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A factor is NaN or infinite.</exception>
    public void AddProduct(double left, double right)
    {
        ThrowIfNotFinite(left);
        ThrowIfNotFinite(right);
        Binary64 a = Binary64.From(left);
        Binary64 b = Binary64.From(right);
        bool isNegative = (a.Significand < 0) != (b.Significand < 0);
        ulong high = Math.BigMul((ulong)Math.Abs(a.Significand), (ulong)Math.Abs(b.Significand), out ulong low);
        int position = a.Exponent + b.Exponent - LowestExponent;
        AddDigits(low, position, isNegative);
        AddDigits(high, position + 64, isNegative);
    }

    /// <summary>Adds all that another sum holds; the other one keeps its value.</summary>
    public void Merge(ExactSum other)
    {
        other.SettleCarries();
        SettleCarries();
        for (int i = 0; i < LimbCount; i++)
        {
            _limbs[i] += other._limbs[i];
        }

        _pending = 1;
    }

    /// <summary>Sets the sum back to 0.</summary>
    public void Clear()
    {
        Array.Clear(_limbs);
        _pending = 0;
    }

    /// <summary>The double nearest to the sum, ties to even; saturated at the largest double.</summary>
    public double Sum() => ExactRatio.ToDouble(ToInteger(), BigInteger.One, LowestExponent);

    /// <summary>The double nearest to sum / count, ties to even.</summary>
    /// <exception cref="DivideByZeroException">The count is 0.</exception>
    public double Mean(long count) => ExactRatio.ToDouble(ToInteger(), count, LowestExponent);

    /// <summary>The double nearest to the population variance (count*Q - S^2) / count^2 (R86).</summary>
    /// <param name="sum">S, the sum of the values.</param>
    /// <param name="squares">Q, the sum of their squares.</param>
    /// <param name="count">How many values there were.</param>
    /// <exception cref="DivideByZeroException">The count is 0.</exception>
    public static double Variance(ExactSum sum, ExactSum squares, long count)
    {
        // S and Q count units of 2^-2148, S^2 counts units of 2^-4296.
        BigInteger s = sum.ToInteger();
        BigInteger q = squares.ToInteger() << -LowestExponent;
        return ExactRatio.ToDouble((count * q) - (s * s), (BigInteger)count * count, 2 * LowestExponent);
    }

    /// <summary>The sum as a count of 2^-2148.</summary>
    internal BigInteger ToInteger()
    {
        SettleCarries();
        Span<byte> bytes = stackalloc byte[LimbCount * sizeof(uint)];
        for (int i = 0; i < LimbCount - 1; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(i * sizeof(uint))..], (uint)_limbs[i]);
        }

        // All limbs but the last are settled to 0..2^32-1; the last one holds the sign.
        BigInteger lower = new(bytes[..((LimbCount - 1) * sizeof(uint))], isUnsigned: true);
        return lower + ((BigInteger)_limbs[LimbCount - 1] << (32 * (LimbCount - 1)));
    }

    private void AddDigits(ulong digits, int position, bool isNegative)
    {
        int limb = position >> 5;
        int shift = position & 31;
        ulong low = digits << shift;
        ulong high = shift == 0 ? 0 : digits >> (64 - shift);
        long sign = isNegative ? -1 : 1;
        Span<long> limbs = _limbs.AsSpan(limb, 3);
        limbs[0] += sign * (uint)low;
        limbs[1] += sign * (long)(low >> 32);
        limbs[2] += sign * (long)high;
        if (++_pending >= MaxPending)
        {
            SettleCarries();
        }
    }

    private void SettleCarries()
    {
        long carry = 0;
        for (int i = 0; i < LimbCount - 1; i++)
        {
            long value = _limbs[i] + carry;
            carry = value >> 32;
            _limbs[i] = value & 0xFFFFFFFF;
        }

        _limbs[LimbCount - 1] += carry;
        _pending = 1;
    }

    private static void ThrowIfNotFinite(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "An exact sum takes finite numbers only.");
        }
    }
}
