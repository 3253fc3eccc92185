using System.Globalization;
using System.Runtime.InteropServices;
using Serving.Data;

namespace Serving.Features.Tests.Properties;

/// <summary>A type that generated expressions may have: the scalar kinds, decimals with their scale.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ValueType(ValueKind Kind, int Scale = 0)
{
    public static readonly ValueType Bool = new(ValueKind.Bool);
    public static readonly ValueType Int = new(ValueKind.Int);
    public static readonly ValueType Float = new(ValueKind.Float);
    public static readonly ValueType String = new(ValueKind.String);
    public static readonly ValueType Time = new(ValueKind.Time);

    public bool IsNumber => Kind is ValueKind.Int or ValueKind.Float or ValueKind.Decimal;

    public static ValueType Decimal(int scale) => new(ValueKind.Decimal, scale);

    public override string ToString() => Kind switch
    {
        ValueKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"decimal({Scale})"),
        _ => Kind.ToString().ToLowerInvariant(),
    };
}
