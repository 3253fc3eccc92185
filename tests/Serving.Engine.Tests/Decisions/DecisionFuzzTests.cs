using System.Text;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Decisions;
using Serving.Testing.Fuzzing;
using Xunit;

namespace Serving.Engine.Tests.Decisions;

/// <summary>A decision.json changed at random is bound, or refused with a reason (P3).</summary>
public sealed class DecisionFuzzTests
{
    private const string WithThresholds = """
        { "format": "serving.decision", "version": 1,
          "rules": [{ "when": "amount > 50.0 and age is missing", "decision": "review", "reason": "R12" },
            { "when": "score > 0.99", "decision": "decline" }],
          "thresholds": [{ "from": 0.6, "decision": "review", "reason": "R60" },
            { "from": 0.9, "decision": "decline", "reason": "R90" }], "otherwise": "approve",
          "explore": 0.005, "languages": ["en", "cs"],
          "fallback": { "max_missing": 0.5, "policy": { "decision": "review", "score": 0.5, "reason": "R00" } },
          "reasons": { "R12": { "en": "Large amount abroad", "cs": "x" } } }
        """;

    private const string WithCosts = """
        { "format": "serving.decision", "version": 1,
          "costs": { "decline": { "positive": "0", "negative": "40" },
            "approve": { "positive": "amount", "negative": "0" } } }
        """;

    private static readonly string[] s_words =
    [
        "\"thresholds\":", "\"costs\":", "\"rules\":", "\"when\":", "score", "amount", " and ", " or not ", "(", ")",
        "\"approve\"", "\"decline\"", "is missing", "if age > 1 then ", "->", "over", "1e309", "\"policy\":",
    ];

    [Fact]
    public void Document_Changed_IsBoundOrRefused()
    {
        var rows = new RowSchema(
            "m",
            [
                new Field("amount", new FieldType(ValueKind.Float)),
                new Field("age", new FieldType(ValueKind.Float, Optional: true)),
            ]);
        byte[][] corpus = [Encoding.UTF8.GetBytes(WithThresholds), Encoding.UTF8.GetBytes(WithCosts)];
        string line = FuzzRun.Of("decision.json", corpus, s_words, bytes =>
        {
            var problems = new BundleProblems();
            DecisionDocument? read = DecisionReader.Read(bytes, problems);
            Assert.True(read is null == problems.Count > 0, "refused without a reason, or taken with one");
            return read is not null && DecisionProgram.Bind(read, null, null, rows, problems) is not null;
        });
        TestContext.Current.TestOutputHelper?.WriteLine(line);
    }
}
