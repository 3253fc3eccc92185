using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Predictions.Replays;
using Serving.State;
using Xunit;

namespace Serving.Engine.Tests.Predictions.Replays;

public sealed class RecordParserTests : IDisposable
{
    private const string Answer =
        """{"id":"a","at":20,"model":"m","version":3,"request":{"x":1},"features":{"f":2},"score":0.5,"raw_score":0,"""
        + """ "degraded":false,"score_only":true,"state":[{"event":"t","key":"00","epoch":2,"read":7,"after":9},"""
        + """ {"event":"t","key":"01","missing":"Unavailable"}]}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("serving-records-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Read_FilesOfServers_AreMergedByTime()
    {
        string first = Write(
            "a", """{"started":{"server":"s","at":10,"clean":true}}""", Answer,
            """{"started":{"server":"s","at":40,"clean":false}}""");
        string second = Write(
            "b", """{"compacted":{"key":"00","epoch":4,"records":50,"at":15}}""",
            """{"ingest":{"set":"s","event":"e","row":{"y":"z"}},"state":[],"at":50}""");

        ImmutableArray<RecordLine> lines = RecordParser.Read([first, second]);

        Assert.Equal(
            [RecordKind.Started, RecordKind.Compacted, RecordKind.Answer, RecordKind.Started, RecordKind.Ingest],
            lines.Select(line => line.Kind));
        Assert.Equal([0, 0, 0, 1, 1], lines.Select(line => line.Session));
        Assert.Equal(
            [new StateEntry("00", 2, 7, 9, StateOutcome.Read), new StateEntry("01", 0, 0, 0, StateOutcome.Unavailable)],
            lines[2].State);
        Assert.True(lines[2].IsScoreOnly);
    }

    [Fact]
    public void Read_LineThatAKillCut_IsPassedOver()
    {
        string file = Write("a", Answer);
        File.AppendAllText(file, Answer[..40]);

        Assert.Single(RecordParser.Read([file]));
    }

    [Fact]
    public void Read_LinesThatAreNone_AreAllNamed()
    {
        string file = Write("a", "{", Answer, """{"model":"m"}""", "[]");

        InputException refused = Assert.Throws<InputException>(() => RecordParser.Read([file]));

        Assert.Equal([$"{file}:1", $"{file}:3", $"{file}:4"], refused.Problems.Select(problem => problem.Place));
    }

    private string Write(string name, params string[] lines)
    {
        string file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, string.Join('\n', lines) + "\n");
        return file;
    }
}
