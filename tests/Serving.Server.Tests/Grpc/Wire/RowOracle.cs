using CsCheck;
using Serving.Data;
using Serving.Protocol.V1;

namespace Serving.Server.Tests.Grpc.Wire;

/// <summary>What a generated <see cref="Value"/> means to a field, written down a second time.</summary>
internal static class RowOracle
{
    public static Gen<Value> Values { get; } = Gen.OneOf(
        Gen.Const(new Value()),
        Gen.Bool.Select(v => new Value { BoolValue = v }),
        Gen.Long.Select(v => new Value { IntValue = v }),
        Gen.Double.Select(v => new Value { FloatValue = v }),
        Gen.Double.Unit.Select(v => new Value { FloatValue = v }),
        Gen.String[Gen.Char.AlphaNumeric, 0, 8].Select(v => new Value { StringValue = v }),
        Gen.String[Gen.Char.AlphaNumeric, 0, 8].Array[0, 4].Select(v => ListOf(v)));

    public static Value ListOf(string[] texts)
    {
        var list = new ListValue();
        list.Items.AddRange(texts.Select(text => new Value { StringValue = text }));
        return new Value { ListValue = list };
    }

    // The contract once more, over generated objects: null where the value is refused.
    public static string? Expected(string name, Value value)
    {
        FieldType type = TestSchemas.Rows.Fields[TestSchemas.PlaceOf(name)].Type;
        if (value.KindCase == Value.KindOneofCase.None || name == "fraud")
        {
            return "missing";
        }

        return (type.Kind, value.KindCase) switch
        {
            (ValueKind.Bool, Value.KindOneofCase.BoolValue) => value.BoolValue ? "1" : "0",
            (ValueKind.Int, Value.KindOneofCase.IntValue) => $"{value.IntValue}",
            (ValueKind.Time, Value.KindOneofCase.IntValue) =>
                value.IntValue is >= -62_135_596_800_000 and <= 253_402_300_799_999 ? $"{value.IntValue}" : null,
            (ValueKind.Decimal, Value.KindOneofCase.IntValue) =>
                (decimal)value.IntValue * 100 is >= long.MinValue and <= long.MaxValue
                    ? $"{value.IntValue * 100}" : null,
            (ValueKind.Decimal, Value.KindOneofCase.StringValue) =>
                value.StringValue.Length > 0 && value.StringValue.All(char.IsAsciiDigit)
                    ? $"{long.Parse(value.StringValue) * 100}" : null,
            (ValueKind.Float, Value.KindOneofCase.IntValue) => $"{(double)value.IntValue:R}",
            (ValueKind.Float, Value.KindOneofCase.FloatValue) =>
                double.IsFinite(value.FloatValue) ? $"{value.FloatValue + 0.0:R}" : type.Optional ? "missing" : null,
            (ValueKind.String, Value.KindOneofCase.StringValue) => value.StringValue,
            (ValueKind.List, Value.KindOneofCase.ListValue) => value.ListValue.Items.Count <= type.ListMaximum
                && (type.ElementKind == ValueKind.String || value.ListValue.Items.Count == 0)
                ? string.Join(',', value.ListValue.Items.Select(item => item.StringValue)) : null,
            _ => null,
        };
    }
}
