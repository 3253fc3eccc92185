using Serving.Data;

namespace Serving.Features.Tests.Properties;

/// <summary>
/// Draws rows of a request: half of the values from the pool that hurts, optional ones often missing.
/// </summary>
internal static class RowGenerator
{
    private const int MissingOneIn = 5;

    public static RowValues Draw(RowSchema schema, Choice choice) => new(
        [.. schema.Fields.Select(field =>
            field.Type.Optional && choice.OneIn(MissingOneIn) ? null : Value(field.Type, choice))]);

    public static object Value(FieldType type, Choice choice) => type.Kind switch
    {
        ValueKind.Bool => (long)choice.Below(2),
        ValueKind.Int => Int(choice),
        ValueKind.Float => Float(choice),
        ValueKind.Decimal => choice.OneIn(3) ? Int(choice) : (long)choice.Below(100_000) - 50_000,
        ValueKind.String => choice.Of<string>(ValuePool.Strings),
        ValueKind.Time => Time(choice),
        _ => Enumerable.Range(0, choice.Below(type.ListMaximum + 1)).Select(_ => Value(type.Element, choice)).ToArray(),
    };

    public static long Int(Choice choice) => choice.Below(4) switch
    {
        0 => choice.Long(),
        1 => choice.Below(200) - 100,
        _ => choice.Of<long>(ValuePool.Ints),
    };

    public static double Float(Choice choice) => choice.Below(4) switch
    {
        0 => RandomBits(choice),
        1 => (choice.Below(4001) - 2000) / 8.0,
        _ => choice.Of<double>(ValuePool.Floats),
    };

    // Any moment of the years 1 to 9999 that JSON and CSV can spell.
    private static long Time(Choice choice) => choice.OneIn(3)
        ? choice.Of<long>(ValuePool.Times) + choice.Of(0, 0, 1, -1, 3_600_000, -3_600_000)
        : (long)((UInt128)(ulong)choice.Long() * 4_102_444_800_000 >> 64);

    private static double RandomBits(Choice choice)
    {
        double value = BitConverter.Int64BitsToDouble(choice.Long());
        return double.IsFinite(value) ? value : 0.0;
    }
}
