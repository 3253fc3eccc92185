using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Pipeline;

namespace Serving.Server.Tests;

/// <summary>A schema with a field of every type, and the same beside a label and another version.</summary>
internal static class TestSchemas
{
    public static RowSchema Rows { get; } = new("txn",
    [
        new Field("id", new FieldType(ValueKind.String)),
        new Field("at", new FieldType(ValueKind.Time)),
        new Field("amount", new FieldType(ValueKind.Decimal, Scale: 2)),
        new Field("age", new FieldType(ValueKind.Float, Optional: true)),
        new Field("count", new FieldType(ValueKind.Int, Optional: true)),
        new Field("foreign", new FieldType(ValueKind.Bool, Optional: true)),
        new Field("tags", new FieldType(ValueKind.List, Optional: true, ElementKind: ValueKind.String, ListMaximum: 3)),
        new Field("ratio", new FieldType(ValueKind.Float)),
        new Field("fraud", new FieldType(ValueKind.Bool)),
        new Field("sizes", new FieldType(ValueKind.List, Optional: true, ElementKind: ValueKind.Float, ListMaximum: 4)),
    ]);

    /// <summary>Place of the label's field, which is not published.</summary>
    public const int Label = 8;

    public static RowSchema OtherVersion { get; } = new("txn",
    [
        new Field("ratio", new FieldType(ValueKind.Float)),
        new Field("country", new FieldType(ValueKind.String, Optional: true)),
        new Field("id", new FieldType(ValueKind.String)),
    ]);

    public static RequestSchema Request { get; } = new(Rows, [Label], [OtherVersion]);

    public static int PlaceOf(string name) => Rows.IndexOf(name);

    public static ImmutableArray<int> PublishedPlaces { get; } =
        [.. Request.Published.Fields.Select(f => Rows.IndexOf(f.Name))];
}
