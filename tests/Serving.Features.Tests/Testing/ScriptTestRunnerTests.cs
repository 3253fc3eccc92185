using System.Collections.Immutable;
using System.Text;
using Serving.Features.Testing;
using Xunit;

namespace Serving.Features.Tests.Testing;

public sealed class ScriptTestRunnerTests
{
    private const string Script = """
        features t 1;
        request r { id: string; at: time; n: int; c: decimal(2)?; f: float?; l: list(int, 3); id2: int?; }
          id id, time at;
        event e { id: int; at: time; id2: int; } id id, time at, lag 1h;
        feature n1 = n + 1;
        feature c1 = c + 0.5;
        feature f1 = f;
        feature t1 = at -> hash(8);
        feature b1 = n > 1;
        window w = e by id2 last 1d;
        window v = r by n last 1h;
        feature w1 = count() over w;
        feature v1 = sum(c) over v;
        feature v2 = v1 + 0.0;

        """;

    private const string Given = "given e { id: 1, at: 2026-01-01T00:00:00Z, id2: 1 }; ";
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
        Assert.Equal(17, failure.Line);
    }

    [Fact]
    public void Run_OptionalFieldsOmitted_AreMissing() => Assert.True(Run("""
        test "t" {
          when r { id: "a", at: 2026-01-01T00:00:00Z, n: 2, l: [] };
          expect c1 is missing; expect f1 is missing; expect b1 == true; }
        """).Passed);

    // Events of any kind in any order; what becomes known behind the request is not seen, nor the request itself.
    [Theory]
    [InlineData("", "w1 == 0")]
    [InlineData("given e { id: 1, at: 2026-01-01T10:00:00Z, id2: 5 };", "w1 == 1")]
    [InlineData("given e { id: 1, at: 2026-01-01T10:00:00Z, id2: 6 };", "w1 == 0")]
    [InlineData("given e { id: 1, at: 2026-01-01T11:00:00Z, id2: 5 };", "w1 == 1")]
    [InlineData("given e { id: 1, at: 2026-01-01T11:00:00.001Z, id2: 5 };", "w1 == 0")]
    [InlineData(
        "given e { id: 1, at: 2026-01-01T10:00:00Z, id2: 5 }; given e { id: 1, at: 2026-01-01T10:00:00Z, id2: 5 };",
        "w1 == 1")]
    [InlineData("given r { id: \"b\", at: 2026-01-01T11:30:00Z, n: 1, c: 2.5, l: [] };", "v1 == 2.50")]
    [InlineData("given r { id: \"b\", at: 2026-01-01T12:00:00Z, n: 1, c: 2.5, l: [] };", "v1 == 0.00")]
    [InlineData("given r { id: \"b\", at: 2026-01-01T11:30:00Z, n: 1, c: 2.5, l: [] };", "v2 == 2.50")]
    public void Run_GivenEvents_FillTheWindows(string given, string expectation)
    {
        const string Request = "when r { id: \"a\", at: 2026-01-01T12:00:00Z, n: 1, c: 9, l: [], id2: 5 };";
        Assert.True(Run($"test \"t\" {{ {given} {Request} expect {expectation}; }}").Passed);
        Assert.True(Run($"test \"t\" {{ {Request} {given} expect {expectation}; }}").Passed);
    }

    [Fact]
    public void Run_MissingKey_GivesMissingValues() => Assert.True(Run("""
        test "t" {
          given e { id: 1, at: 2026-01-01T10:00:00Z, id2: 5 };
          when r { id: "a", at: 2026-01-01T12:00:00Z, n: 2, l: [] };
          expect w1 is missing; }
        """).Passed);

    [Theory]
    [InlineData("given q { id: 1 };", "E002")]
    [InlineData("given e { id: 1, at: 2026-01-01T10:00:00Z };", "E006")]
    [InlineData("given e { id: \"1\", at: 2026-01-01T10:00:00Z, id2: 5 };", "E005")]
    [InlineData("given e { id: 1, at: 2026-01-01T10:00:00Z, id2: 5, x: 1 };", "E002")]
    [InlineData("given e { id: 1, id: 1, at: 2026-01-01T10:00:00Z, id2: 5 };", "E003")]
    [InlineData("when e { id: 1, at: 2026-01-01T10:00:00Z, id2: 5 };", "E002")]
    public void Compile_WrongGivenEvent_IsAnError(string given, string code)
    {
        const string Request = "when r { id: \"a\", at: 2026-01-01T12:00:00Z, n: 1, l: [] };";
        Assert.Null(FeatureScript.Compile(
            Encoding.UTF8.GetBytes(Script + $"test \"t\" {{ {given} {Request} }}"),
            "t.feat",
            out ImmutableArray<Diagnostic> diagnostics));
        Assert.Contains(diagnostics, found => found.Code == code);
    }

    private static ScriptTestResult Run(string test)
    {
        FeatureScript? script = FeatureScript.Compile(
            Encoding.UTF8.GetBytes(Script + test), "t.feat", out ImmutableArray<Diagnostic> diagnostics);
        Assert.Empty(diagnostics);
        return Assert.Single(ScriptTestRunner.Run(script!, "t.feat"));
    }
}
