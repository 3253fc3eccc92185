using Serving.Protocol.V1;

namespace Serving.EndToEnd.Tests.Fixtures;

/// <summary>Rows of the model <c>pay</c>, the same for every wire.</summary>
internal static class Samples
{
    public const string Json = """
        {"id":"a","at":"2026-03-02T10:00:00Z","amount":"12.50","age":41.5,"count":7,
         "foreign":true,"tags":["x","y"],"ratio":0.25}
        """;

    public static Row Row(double ratio = 0.25, string amount = "12.50") => new()
    {
        Fields =
        {
            ["id"] = new Value { StringValue = "a" },
            ["at"] = new Value { IntValue = 1_772_445_600_000 },
            ["amount"] = new Value { StringValue = amount },
            ["age"] = new Value { FloatValue = 41.5 },
            ["count"] = new Value { IntValue = 7 },
            ["foreign"] = new Value { BoolValue = true },
            ["tags"] = new Value
            {
                ListValue =
                    new ListValue { Items = { new Value { StringValue = "x" }, new Value { StringValue = "y" } } },
            },
            ["ratio"] = new Value { FloatValue = ratio },
        },
    };

    public static ScoreRequest Request(double ratio = 0.25) => new() { Model = "pay", Row = Row(ratio) };
}
