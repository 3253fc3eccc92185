using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Serving.Data;
using Serving.Data.Windows;
using Xunit;

namespace Serving.Features.Tests.Windows;

/// <summary>Conditions answered without compiled code: the same as compiled ones of the same meaning.</summary>
public sealed class EqualityConditionTests
{
    private const int Records = 40;

    [Theory]
    [InlineData("s == now.s")]
    [InlineData("now.s != s")]
    [InlineData("(t == now.t) ?? false")]
    [InlineData("(now.t != t) ?? true")]
    [InlineData("(m == now.m) ?? true")]
    [InlineData("a == now.a")]
    [InlineData("(b != now.b) ?? false")]
    [InlineData("at == now.at")]
    public void Evaluate_AnyRows_EqualsCompiledCode(string condition)
    {
        FeatureScript script = Compile($$"""
            features t 1 zone "UTC";
            request r { id: string; at: time; k: string; s: string; t: string?; m: int?; a: decimal(2); b: bool?; }
              id id, time at, late 10m;
            window w = r by k last 1h keep 64;
            feature plain = count(where {{condition}}) over w;
            feature compiled = count(where ({{condition}}) == true) over w;
            """);
        KeyedLog log = Assert.Single(script.Windows.Logs);
        ImmutableArray<IRecordCondition> conditions = script.CreateConditions(log);
        Assert.NotEqual(conditions[0].GetType(), conditions[1].GetType());

        var random = new Random(condition.Length);
        RowBatch requests = Draw(script.Request, Records, random);
        RowBatch records = Draw(new RowSchema("records", [.. log.Columns.Select((column, place) =>
            new Field(place.ToString(CultureInfo.InvariantCulture), column.Type))]), Records, random);
        bool[] plain = new bool[Records];
        bool[] compiled = new bool[Records];
        int trueCount = 0;
        for (int request = 0; request < Records; request++)
        {
            conditions[log.Readings[0].Condition].Evaluate(records, requests, request, plain);
            conditions[log.Readings[1].Condition].Evaluate(records, requests, request, compiled);
            Assert.Equal(compiled, plain);
            trueCount += plain.Count(holds => holds);
        }

        Assert.InRange(trueCount, 1, (Records * Records) - 1);
    }

    private static FeatureScript Compile(string text) =>
        FeatureScript.Compile(Encoding.UTF8.GetBytes(text), "t.feat", out ImmutableArray<Diagnostic> diagnostics)
            ?? throw new InvalidOperationException(string.Join('\n', diagnostics));

    // Few different values, so that many are equal; a third of what may be missing is.
    private static RowBatch Draw(RowSchema schema, int count, Random random)
    {
        RowBatch rows = new(schema);
        for (int row = 0; row < count; row++)
        {
            rows.AddRow();
            for (int field = 0; field < schema.Fields.Length; field++)
            {
                FieldType type = schema.Fields[field].Type;
                if (type.Optional && random.Next(3) == 0)
                {
                    continue;
                }

                int value = random.Next(type.Kind == ValueKind.Bool ? 2 : 4);
                if (type.Kind == ValueKind.String)
                {
                    rows.SetText(row, field, Encoding.UTF8.GetBytes(new string('x', value)));
                }
                else
                {
                    rows.Set(row, field, value);
                }
            }
        }

        return rows;
    }
}
