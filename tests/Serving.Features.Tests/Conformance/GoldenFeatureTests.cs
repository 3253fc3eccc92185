using System.Collections.Immutable;
using System.Text.Json;
using Serving.Features.Fitting;
using Serving.Testing;
using Xunit;

namespace Serving.Features.Tests.Conformance;

/// <summary>The cases of another implementation, written from the same documents.</summary>
public sealed class GoldenFeatureTests
{
    private const string Folder = "data/golden/features";

    public static TheoryData<string, Evaluators> Accepted()
    {
        var data = new TheoryData<string, Evaluators>();
        foreach (string name in Cases("hand").Concat(Cases("random")))
        {
            data.Add(name, Evaluators.Interpreter);
            data.Add(name, Evaluators.Compiler);
        }

        return data;
    }

    public static TheoryData<string> Refused() => [.. Cases("refused")];

    [Theory]
    [MemberData(nameof(Accepted))]
    public void Script_GoldenRows_GivesGoldenFiles(string name, Evaluators evaluator)
    {
        string folder = FolderOf(name);
        byte[] utf8 = File.ReadAllBytes(Path.Combine(folder, "script.feat"));
        FeatureScript? script = FeatureScript.Compile(utf8, "script.feat", out ImmutableArray<Diagnostic> found);
        Assert.Empty(found.Where(one => one.IsError));

        CaseRows rows = CaseRows.Read(script!, Path.Combine(folder, "data"));
        foreach (FittedStatistics? statistics in StatisticsOf(script!, folder, rows))
        {
            FeatureProgram program = evaluator == Evaluators.Compiler
                ? FeatureProgram.Create(script!, statistics)
                : FeatureProgram.CreateInterpreter(script!, statistics);
            var tables = EvaluatedTables.Of(program, rows.Requests, rows.Windows);
            Assert.Equal(File.ReadAllText(Path.Combine(folder, "expected.csv")), tables.Raw);
            Assert.Equal(File.ReadAllText(Path.Combine(folder, "expected-encoded.csv")), tables.Encoded);
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Script_GoldenMistake_IsRefusedAtItsPlace(string name)
    {
        string folder = FolderOf(name);
        byte[] utf8 = File.ReadAllBytes(Path.Combine(folder, "script.feat"));
        Assert.Null(FeatureScript.Compile(utf8, "script.feat", out ImmutableArray<Diagnostic> found));

        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "case.json")));
        JsonElement root = expected.RootElement;
        Assert.Equal(root.GetProperty("code").GetString(), found[0].Code);
        Assert.Equal(root.GetProperty("line").GetInt32(), found[0].Line);
        Assert.Equal(root.GetProperty("column").GetInt32(), found[0].Column);
    }

    // What the other implementation fitted, and what we fit to the same rows.
    private static IEnumerable<FittedStatistics?> StatisticsOf(FeatureScript script, string folder, CaseRows rows)
    {
        if (!script.NeedsStatistics)
        {
            yield return null;
            yield break;
        }

        string json = File.ReadAllText(Path.Combine(folder, "statistics.json"));
        yield return OracleStatistics.Read(script, json, rows.Requests, rows.Labels);
        var joined = new JoinedRows(script);
        yield return StatisticsFitter.Fit(
            script,
            rows.Source(joined),
            new FittingOptions { LabelField = joined.LabelField });
    }

    private static string FolderOf(string name)
    {
        string? folder = SharedFiles.Find(Path.Combine(Folder, name));
        Assert.SkipWhen(folder is null, $"{Folder} is not beside the repository");
        return folder!;
    }

    // One name stands for all where the files are absent, so that the tests are reported as skipped.
    private static IEnumerable<string> Cases(string kind)
    {
        string? folder = SharedFiles.Find(Path.Combine(Folder, kind));
        return folder is null
            ? [kind]
            : Directory.GetDirectories(folder).Order(StringComparer.Ordinal)
                .Select(path => $"{kind}/{Path.GetFileName(path)}");
    }
}
