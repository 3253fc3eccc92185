using Serving.Engine.Routing.Durable;
using Serving.Testing.Fuzzing;
using Xunit;

namespace Serving.Engine.Tests.Routing.Durable;

/// <summary>The files of a control folder changed at random: what was changed is found, nothing throws (P3).</summary>
public sealed class ControlFuzzTests : IDisposable
{
    private static readonly string[] s_words =
    [
        "\"seq\":", "\"hash\":\"", ",\"hash\":\"", "\"prev\":", "\"table\":null", "\"split\":{",
        "\"labels\":", "\"at\":",
    ];

    private readonly string _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public ControlFuzzTests()
    {
        using var control = new ControlFolder(_folder);
        control.Write(ControlStates.Line(ControlStates.Full));
        control.Write(ControlStates.Line(null));
        control.Write(ControlStates.Line(ControlStates.Plain("m", 3)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Audit_Changed_IsFound()
    {
        byte[] whole = File.ReadAllBytes(PathOf(ControlFiles.Audit));
        Say(FuzzRun.Of("audit.jsonl", [whole], s_words, bytes =>
        {
            File.WriteAllBytes(PathOf(ControlFiles.Audit), bytes);
            AuditVerification verified = AuditVerifier.Verify(_folder);

            // What was added behind the last newline is the torn line of a kill, which nobody was told of.
            Assert.True(
                !verified.IsOk || bytes.AsSpan().StartsWith(whole), "a change of an acknowledged line is not found");
            return verified.IsOk;
        }));
    }

    [Fact]
    public void Table_Changed_IsReadOrPassedOver()
    {
        byte[] whole = File.ReadAllBytes(PathOf(ControlFiles.Table));
        Say(FuzzRun.Of("table.json", [whole], s_words, bytes =>
        {
            File.WriteAllBytes(PathOf(ControlFiles.Table), bytes);
            ControlTable? read = ControlTable.Read(_folder);
            _ = AuditVerifier.Verify(_folder);
            return read is not null;
        }));
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
