namespace Serving.Data.Cells;

/// <summary>Turns a <see cref="CellFault"/> into the words of an <see cref="InputProblem"/>.</summary>
public static class CellFaultText
{
    /// <summary>What was expected instead.</summary>
    public static string Expected(CellFault fault, in FieldType type) => fault switch
    {
        CellFault.OutOfRange when ValueKindOf(type) == ValueKind.Time => $"{type} of the years 0001 to 9999",
        CellFault.OutOfRange => $"{type} within 64 bits",
        CellFault.TooManyDigits => $"{type} with at most {type.Scale} fractional digits",
        CellFault.NotFinite => $"a finite number, since the field is {type}",
        CellFault.NotUtf8 => $"valid UTF-8, since the field is {type}",
        CellFault.TextTooLong => $"at most {RowBatch.TextBytesMax} bytes of text",
        CellFault.DateAlone => $"{type} with a time of day",
        CellFault.NoOffset => $"{type} with an offset or Z",
        CellFault.ListTooLong => $"at most {type.ListMaximum} elements",
        CellFault.ElementMissing => $"{type} without missing elements",
        _ => type.ToString(),
    };

    /// <summary>What to do.</summary>
    public static string Advice(CellFault fault, in FieldType type) => fault switch
    {
        CellFault.TooManyDigits =>
            $"round the value, or declare decimal({Math.Min(type.Scale + 1, FieldType.ScaleMax)})",
        CellFault.NotFinite or CellFault.NotUtf8 =>
            $"correct the value, or declare {type.AsOptional()} to read it as missing",
        CellFault.TextTooLong => "shorten the value",
        CellFault.DateAlone => "write e.g. 2026-03-02T00:00:00Z",
        CellFault.NoOffset => "add Z or an offset such as +02:00, or a blank for T to read it in the script's zone",
        CellFault.ListTooLong => "shorten the list, or declare a greater maximum",
        CellFault.ElementMissing => "leave missing elements out",
        CellFault.OutOfRange => "correct the value",
        CellFault.Malformed => AdviceOnSyntax(ValueKindOf(type)),
        _ => "",
    };

    private static ValueKind ValueKindOf(in FieldType type) => type.Kind;

    private static string AdviceOnSyntax(ValueKind kind) => kind switch
    {
        ValueKind.Bool => "write true, false, 1 or 0",
        ValueKind.Int => "write digits only, e.g. -17",
        ValueKind.Float => "write e.g. 0.25 or 1.5E-07",
        ValueKind.Decimal => "write digits with a point, without exponent or plus, e.g. -12.50",
        ValueKind.Time =>
            "write e.g. 2026-03-02T10:00:00Z, 2026-03-02 10:00:00 (the script's zone) or milliseconds since 1970 UTC",
        ValueKind.List => "write a JSON array, e.g. [1,2] or [\"a\",\"b\"]",
        ValueKind.Digest => "write 16 hex digits",
        _ => "",
    };
}
