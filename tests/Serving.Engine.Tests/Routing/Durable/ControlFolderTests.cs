using Serving.Engine.Routing;
using Serving.Engine.Routing.Durable;
using Xunit;

namespace Serving.Engine.Tests.Routing.Durable;

public sealed class ControlFolderTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public void Folder_NobodyWrote_IsNotMade()
    {
        using var control = new ControlFolder(_folder);
        Assert.Empty(control.Load());
        Assert.Null(control.Follow());
        Assert.Equal("", control.Problem);
        Assert.False(Directory.Exists(_folder));
    }

    [Fact]
    public void Start_AfterActs_HasTheLastTableOfEachModel()
    {
        Write(4);
        using var control = new ControlFolder(_folder);
        IReadOnlyList<TrafficState> tables = control.Load();
        Assert.Equal(
            [("a", 3L), ("b", 4L)],
            tables.Select(table => (table.Model, table.Generation)).OrderBy(table => table.Model));
        Assert.Equal("", control.Problem);

        // The chain goes on where it was.
        control.Write(ControlStates.Line(ControlStates.Plain("a", 9)));
        AuditVerification verified = AuditVerifier.Verify(_folder);
        Assert.Equal((5, 0, ""), (verified.Lines, verified.Line, verified.Problem));
    }

    [Fact]
    public void Start_TailTornAtEachByte_CutsIt()
    {
        Write(3);
        byte[] whole = File.ReadAllBytes(Audit);
        int lastLine = whole.AsSpan(0, whole.Length - 1).LastIndexOf((byte)'\n') + 1;
        byte[] table = TableAfter(2);
        for (int length = lastLine; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(Audit, whole[..length]);
            File.WriteAllBytes(Path.Combine(_folder, ControlFiles.Table), table);
            using var control = new ControlFolder(_folder);
            Assert.Equal([("a", 1L), ("b", 2L)], Generations(control.Load()));
            Assert.Equal(length - lastLine, AuditVerifier.Verify(_folder).TornBytes);
            control.Write(ControlStates.Line(ControlStates.Plain("a", 5)));
            Assert.True(AuditVerifier.Verify(_folder) is { IsOk: true, Lines: 3, TornBytes: 0 });
        }
    }

    [Fact]
    public void Start_KilledBetweenLineAndTable_TakesTheLine()
    {
        Write(3);
        File.WriteAllBytes(Path.Combine(_folder, ControlFiles.Table), TableAfter(2));
        using var control = new ControlFolder(_folder);
        Assert.Equal([("a", 3L), ("b", 2L)], Generations(control.Load()));
        Assert.Equal("", control.Problem);
    }

    [Fact]
    public void Start_LinesTakenOffTheEnd_KeepsWhatWasAcknowledgedAndSaysSo()
    {
        Write(4);
        string[] lines = File.ReadAllLines(Audit);
        File.WriteAllText(Audit, string.Join('\n', lines[..2]) + "\n");
        using var control = new ControlFolder(_folder);
        Assert.Equal([("a", 3L), ("b", 4L)], Generations(control.Load()));
        Assert.Contains("lines were taken away", control.Problem, StringComparison.Ordinal);

        // It goes on behind what was acknowledged, so the gap stays to be seen.
        control.Write(ControlStates.Line(ControlStates.Plain("a", 9)));
        Assert.Equal(3, AuditVerifier.Verify(_folder).Line);
    }

    [Fact]
    public void Folder_HeldByAnotherServer_IsFollowedAndTakesNoAct()
    {
        Write(1);
        using var first = new ControlFolder(_folder);
        using var second = new ControlFolder(_folder);
        first.Load();
        second.Load();
        first.Write(ControlStates.Line(ControlStates.Plain("a", 2)));
        Assert.Throws<IOException>(() => second.Write(ControlStates.Line(ControlStates.Plain("a", 8))));
        Assert.Equal([("a", 2L)], Generations(second.Follow()!));
        Assert.Null(second.Follow());

        first.Write(ControlStates.Line(ControlStates.Plain("a", 3)));
        first.Dispose();
        Assert.Throws<IOException>(() => second.Write(ControlStates.Line(ControlStates.Plain("a", 8))));
        Assert.Equal([("a", 3L)], Generations(second.Follow()!));
        second.Write(ControlStates.Line(ControlStates.Plain("a", 4)));
        Assert.True(AuditVerifier.Verify(_folder) is { IsOk: true, Lines: 4 });
    }

    [Fact]
    public void Folder_ThatCannotBeMade_RefusesTheActAndTakesTheNext()
    {
        File.WriteAllText(_folder, "a file stands where the folder would");
        using var control = new ControlFolder(_folder);
        Assert.Empty(control.Load());
        Assert.ThrowsAny<IOException>(() => control.Write(ControlStates.Line(ControlStates.Plain("a", 1))));
        File.Delete(_folder);
        control.Write(ControlStates.Line(ControlStates.Plain("a", 1)));
        Assert.True(AuditVerifier.Verify(_folder) is { IsOk: true, Lines: 1 });
    }

    [Fact]
    public void LinesAfter_Number_GivesLinesAsTheyStand()
    {
        Write(5);
        using var control = new ControlFolder(_folder);
        string[] lines = File.ReadAllLines(Audit);
        Assert.Equal(
            lines[2..4], control.LinesAfter(2, 2).Select(line => System.Text.Encoding.UTF8.GetString(line.Span)));
        Assert.Empty(control.LinesAfter(5, 10));
    }

    private string Audit => Path.Combine(_folder, ControlFiles.Audit);

    private void Write(int count)
    {
        using var control = new ControlFolder(_folder);
        control.Load();
        for (int act = 1; act <= count; act++)
        {
            control.Write(ControlStates.Line(ControlStates.Plain(act % 2 == 1 ? "a" : "b", act)));
        }
    }

    // The table as it was after an earlier act.
    private static byte[] TableAfter(int count)
    {
        string other = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var control = new ControlFolder(other);
        for (int act = 1; act <= count; act++)
        {
            control.Write(ControlStates.Line(ControlStates.Plain(act % 2 == 1 ? "a" : "b", act)));
        }

        byte[] table = File.ReadAllBytes(Path.Combine(other, ControlFiles.Table));
        Directory.Delete(other, recursive: true);
        return table;
    }

    private static IEnumerable<(string Model, long Generation)> Generations(IReadOnlyList<TrafficState> tables) =>
        tables.Select(table => (table.Model, table.Generation));
}
