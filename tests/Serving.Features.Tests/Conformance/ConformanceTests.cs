using System.Collections.Immutable;
using System.Text;
using Serving.Testing;
using Xunit;

namespace Serving.Features.Tests.Conformance;

/// <summary>The text cases of tests/Conformance, by both evaluators.</summary>
public sealed class ConformanceTests
{
    private static readonly string Folder = Path.Combine(SharedFiles.Repository, "tests", "Conformance");

    public static TheoryData<string, Evaluators> Accepted()
    {
        var data = new TheoryData<string, Evaluators>();
        foreach (string name in Names(refused: false))
        {
            data.Add(name, Evaluators.Interpreter);
            data.Add(name, Evaluators.Compiler);
        }

        return data;
    }

    public static TheoryData<string> Refused() => [.. Names(refused: true)];

    [Theory]
    [MemberData(nameof(Accepted))]
    public void Case_Evaluated_GivesItsTables(string name, Evaluators evaluator)
    {
        var file = CaseFile.Read(Path.Combine(Folder, name));
        FeatureScript? script = FeatureScript.Compile(
            Encoding.UTF8.GetBytes(file.Script), name, out ImmutableArray<Diagnostic> found);
        Assert.Empty(found.Where(one => one.IsError));

        FittedStatistics? statistics = file.Statistics is { } json ? OracleStatistics.Read(script!, json) : null;
        FeatureProgram program = evaluator == Evaluators.Compiler
            ? FeatureProgram.Create(script!, statistics)
            : FeatureProgram.CreateInterpreter(script!, statistics);
        var rows = CaseRows.Read(script!, file);
        var tables = EvaluatedTables.Of(program, rows.Requests, rows.Windows);
        Assert.True(file.Table("raw") is not null || file.Table("encoded") is not null, "the case expects nothing");
        Assert.Equal(file.Table("raw") ?? tables.Raw, tables.Raw);
        Assert.Equal(file.Table("encoded") ?? tables.Encoded, tables.Encoded);
        string[] labels = [.. rows.Labels.Select(label => label switch { true => "true", false => "false", _ => "" })];
        Assert.Equal(file.Labels ?? labels, labels);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Case_Refused_ReportsCodesAtTheirPlaces(string name)
    {
        var file = CaseFile.Read(Path.Combine(Folder, name));
        Assert.Null(
            FeatureScript.Compile(Encoding.UTF8.GetBytes(file.Script), name, out ImmutableArray<Diagnostic> found));
        Assert.Equal(
            file.Marks().Zip(file.Errors, (mark, code) => $"{mark.Line}:{mark.Column} {code}"),
            found.Where(one => one.IsError).Select(one => $"{one.Line}:{one.Column} {one.Code}"));
    }

    private static IEnumerable<string> Names(bool refused) =>
        Directory.GetFiles(Folder, "*.case", SearchOption.AllDirectories)
        .Where(path => CaseFile.Read(path).Errors.Length > 0 == refused)
        .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);
}
