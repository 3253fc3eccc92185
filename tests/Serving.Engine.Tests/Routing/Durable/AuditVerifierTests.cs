using Serving.Engine.Routing.Durable;
using Xunit;

namespace Serving.Engine.Tests.Routing.Durable;

public sealed class AuditVerifierTests : IDisposable
{
    private const int Acts = 5;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public AuditVerifierTests()
    {
        using var control = new ControlFolder(_folder);
        control.Write(ControlStates.Line(ControlStates.Full));
        for (int act = 2; act <= Acts; act++)
        {
            control.Write(ControlStates.Line(act == 3 ? null : ControlStates.Plain("m", act)));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Audit_AsWritten_IsGood() =>
        Assert.Equal(new AuditVerification(Acts, 0, "", 0), AuditVerifier.Verify(_folder));

    [Fact]
    public void Audit_EveryThirdByteAndEachNewlineChanged_NamesItsLine()
    {
        byte[] whole = File.ReadAllBytes(Audit);
        int line = 1;
        for (int place = 0; place < whole.Length; place++)
        {
            if (place % 3 != 0 && whole[place] != '\n')
            {
                continue;
            }

            byte[] changed = [.. whole];
            changed[place] ^= 1;
            File.WriteAllBytes(Audit, changed);
            AuditVerification verified = AuditVerifier.Verify(_folder);
            Assert.False(verified.IsOk, $"byte {place} of line {line}");

            // A hash that is another is found where it stands, or by the line behind it.
            Assert.InRange(verified.Line, line, line + 1);
            line += whole[place] == '\n' ? 1 : 0;
        }
    }

    [Fact]
    public void Audit_EachLineRemoved_NamesTheGap()
    {
        string[] lines = File.ReadAllLines(Audit);
        for (int removed = 0; removed < Acts; removed++)
        {
            File.WriteAllLines(Audit, lines.Where((_, index) => index != removed));
            Assert.Equal(removed + 1, AuditVerifier.Verify(_folder).Line);
        }
    }

    [Fact]
    public void Audit_TwoLinesExchanged_NamesTheFirst()
    {
        string[] lines = File.ReadAllLines(Audit);
        (lines[1], lines[2]) = (lines[2], lines[1]);
        File.WriteAllLines(Audit, lines);
        Assert.Equal(2, AuditVerifier.Verify(_folder).Line);
    }

    [Fact]
    public void Audit_LastLineWrittenAnew_IsFoundByTheTable()
    {
        string[] lines = File.ReadAllLines(Audit);
        byte[] table = File.ReadAllBytes(Path.Combine(_folder, ControlFiles.Table));
        using (var other = new ControlFolder(Path.Combine(_folder, "other")))
        {
            other.Write(ControlStates.Line(ControlStates.Full));
        }

        AuditEntry before = AuditLine.Read(System.Text.Encoding.UTF8.GetBytes(lines[^2]))!;
        (byte[] forged, _) = AuditLine.Compose(Acts, before.Hash, ControlStates.Line(ControlStates.Plain("m", 99)));
        File.WriteAllText(
            Audit, string.Join('\n', lines[..^1]) + "\n" + System.Text.Encoding.UTF8.GetString(forged));
        File.WriteAllBytes(Path.Combine(_folder, ControlFiles.Table), table);
        Assert.Equal(Acts, AuditVerifier.Verify(_folder).Line);
    }

    [Theory]
    [InlineData(ControlFiles.Audit)]
    [InlineData(ControlFiles.Table)]
    public void Audit_OneFileRemoved_IsFound(string file)
    {
        File.Delete(Path.Combine(_folder, file));
        Assert.False(AuditVerifier.Verify(_folder).IsOk);
    }

    private string Audit => Path.Combine(_folder, ControlFiles.Audit);
}
