using System.Collections.Immutable;
using System.Text;
using Serving.Features.Testing;
using Xunit;

namespace Serving.Features.Tests.Testing;

public sealed class ScriptTestRunnerTests
{
    private const string Script = """
        features t 1;
        request r { id: string; at: time; n: int; c: decimal(2)?; f: float?; l: list(int, 3); } id id, time at;
        event e { id: int; at: time; } id id, time at, lag 1h;
        feature n1 = n + 1;
        feature c1 = c + 0.5;
        feature f1 = f;
        feature t1 = at -> hash(8);
        feature b1 = n > 1;

        """;

    private const string Given = "given e { id: 1, at: 2026-01-01T00:00:00Z }; ";
    private const string When = "when r { id: \"a\", at: 2026-01-01T00:00:00+01:00, n: 1, c: 1, f: -2, l: [1, 2] }; ";

    [Theory]
    [InlineData("n1 == 2")]
    [InlineData("n1 == 2.0")]
    [InlineData("c1 == 1.5")]
    [InlineData("c1 == 1.500")]
    [InlineData("f1 == -2")]
    [InlineData("f1 == -2e0")]
    [InlineData("t1 == 2025-12-31T23:00:00Z")]
    [InlineData("b1 == false")]
    public void Run_ValueAsExpected_Passes(string expectation) =>
        Assert.True(Run($"test \"t\" {{ {Given}{When}expect {expectation}; }}").Passed);

    [Theory]
    [InlineData("n1 == 2.5")]
    [InlineData("n1 is missing")]
    [InlineData("c1 == 1.501")]
    [InlineData("f1 == 2")]
    [InlineData("b1 == true")]
    public void Run_OtherValue_FailsAtTheExpectation(string expectation)
    {
        Diagnostic failure = Assert.Single(Run($"test \"t\" {{\n{When}\nexpect {expectation}; }}").Failures);
        Assert.Equal(11, failure.Line);
    }

    [Fact]
    public void Run_OptionalFieldsOmitted_AreMissing() => Assert.True(Run("""
        test "t" {
          when r { id: "a", at: 2026-01-01T00:00:00Z, n: 2, l: [] };
          expect c1 is missing; expect f1 is missing; expect b1 == true; }
        """).Passed);

    private static ScriptTestResult Run(string test)
    {
        FeatureScript? script = FeatureScript.Compile(
            Encoding.UTF8.GetBytes(Script + test), "t.feat", out ImmutableArray<Diagnostic> diagnostics);
        Assert.Empty(diagnostics);
        return Assert.Single(ScriptTestRunner.Run(script!, "t.feat"));
    }
}
