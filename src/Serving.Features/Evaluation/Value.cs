using System.Numerics;
using Serving.Features.Types;

namespace Serving.Features.Evaluation;

/// <summary>
/// One present value inside the reference interpreter; a missing value is a null reference. Immutable by custom: nobody
/// writes to its arrays.
/// </summary>
internal sealed class Value
{
    private Value(TypeKind kind) => Kind = kind;

    public TypeKind Kind { get; }

    /// <summary>
    /// Bool as 0 or 1, int, decimal in minor units, time in milliseconds, id, or digest (0 .. 2^64-1).
    /// </summary>
    public BigInteger Whole { get; private init; }

    /// <summary>Fractional digits of a decimal; 0 otherwise.</summary>
    public int Scale { get; private init; }

    /// <summary>The number of a float: finite, never -0.0.</summary>
    public double Real { get; private init; }

    /// <summary>UTF-8 bytes of a string.</summary>
    public byte[] Text { get; private init; } = [];

    /// <summary>Elements of a list.</summary>
    public Value[] Items { get; private init; } = [];

    /// <summary>Whether a bool is true.</summary>
    public bool IsTrue => Whole.IsOne;

    public static Value OfBool(bool value) => new(TypeKind.Bool) { Whole = value ? 1 : 0 };

    public static Value OfInt(BigInteger value) => new(TypeKind.Int) { Whole = value };

    public static Value OfFloat(double value) => new(TypeKind.Float) { Real = value };

    public static Value OfDecimal(BigInteger minorUnits, int scale) =>
        new(TypeKind.Decimal) { Whole = minorUnits, Scale = scale };

    public static Value OfTime(BigInteger milliseconds) => new(TypeKind.Time) { Whole = milliseconds };

    public static Value OfText(byte[] utf8) => new(TypeKind.String) { Text = utf8 };

    public static Value OfId(BigInteger id) => new(TypeKind.Id) { Whole = id };

    public static Value OfDigest(ulong digest) => new(TypeKind.Digest) { Whole = digest };

    public static Value OfList(IEnumerable<Value> items) => new(TypeKind.List) { Items = [.. items] };
}
