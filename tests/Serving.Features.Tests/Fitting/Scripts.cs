using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Serving.Features.Fitting;
using Serving.Features.Tests.Conformance;
using Xunit;

namespace Serving.Features.Tests.Fitting;

/// <summary>Short ways to compile and fit.</summary>
internal static class Scripts
{
    public const string Head = "features t 1 zone \"UTC\";\n";

    public static FeatureScript Compile(string text)
    {
        FeatureScript? script = FeatureScript.Compile(
            Encoding.UTF8.GetBytes(text), "test.feat", out ImmutableArray<Diagnostic> diagnostics);
        Assert.True(script is not null, string.Join('\n', diagnostics));
        return script;
    }

    public static FittedStatistics Fit(string text, string csv, FittingOptions? options = null)
    {
        FeatureScript script = Compile(text);
        return Fit(script, CellReader.Read(script.Request, csv), options);
    }

    public static FittedStatistics Fit(FeatureScript script, RowBatch rows, FittingOptions? options = null) =>
        StatisticsFitter.Fit(
            script, ListedRows.Of(rows), options ?? new FittingOptions(), TestContext.Current.CancellationToken);

    /// <summary>The request's fields and behind them a label.</summary>
    public static RowSchema WithLabel(FeatureScript script) =>
        new("r", [.. script.Request.Fields, new Field("label", new FieldType(ValueKind.Bool, true))]);

    /// <summary>A request of an id, a time and some fields, with rows of the values of those fields.</summary>
    public static FittedStatistics FitColumns(string fields, string statements, params string[] rows)
    {
        string csv = string.Join('\n', rows.Select((row, index) => $"r{index},2026-03-02T10:00:00Z,{row}"));
        string names = string.Join(',', fields.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(field => field.Split(':')[0].Trim()));
        return Fit(
            $"{Head}request r {{ id: string; at: time; {fields} }} id id, time at;\n{statements}",
            $"id,at,{names}\n{csv}\n");
    }
}
