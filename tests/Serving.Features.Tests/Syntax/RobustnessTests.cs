using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Serving.Features.Tests.Properties;
using Serving.Features.Tests.Windows;
using Xunit;

namespace Serving.Features.Tests.Syntax;

/// <summary>Compiling is total: any bytes give a script or at most 50 diagnostics, soon.</summary>
public sealed class RobustnessTests
{
    private const int Tries = 400;

    private static readonly string[] Pieces =
    [
        "features", "request", "event", "let", "window", "feature", "label", "test", "given", "when", "expect", "if",
        "then", "else", "and",
        "or", "not", "in", "is", "missing", "over", "where", "now", "by", "last", "lifetime", "step", "delay", "keep",
        "on", "within",
        "any", "id", "time", "known", "late", "lag", "zone", "true", "false", "x", "y", "amount", "int", "string",
        "decimal", "list",
        "hash", "quantiles", "cross", "hour", "min", "sum", "{", "}", "(", ")", "[", "]", ",", ";", ":", ".", "?", "??",
        "->", "=", "==",
        "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "1", "0.5", "1e400", "99999999999999999999", "7d", "1h",
        "0ms", "\"a\"",
        "\"\\u00e9\"", "\"", "#c\n", "2026-03-01T10:00:00Z", "2026-99-99T99:99:99Z", "é", "\0", "\uFEFF", "\n", "@",
        "$",
    ];

    [Fact]
    public void Compile_RandomBytes_IsTotal()
    {
        for (ulong seed = 0; seed < Tries; seed++)
        {
            var choice = new Choice(seed);
            byte[] bytes = [.. Enumerable.Range(0, choice.Below(300)).Select(_ => (byte)choice.Below(256))];
            CompileAny(bytes);
        }
    }

    [Fact]
    public void Compile_RandomTokens_IsTotal()
    {
        for (ulong seed = 0; seed < Tries; seed++)
        {
            var choice = new Choice(seed);
            string soup =
                string.Join(' ', Enumerable.Range(0, choice.Below(400)).Select(_ => choice.Of<string>(Pieces)));
            CompileAny(Encoding.UTF8.GetBytes("features f 1; " + soup));
        }
    }

    [Fact]
    public void Compile_MutatedScripts_IsTotal()
    {
        for (ulong seed = 0; seed < Tries; seed++)
        {
            var choice = new Choice(seed);
            string script = seed % 4 == 0 ? WindowScripts.RichText : ScriptGenerator.Draw(seed % 20).Script;
            for (int change = 0; change < 1 + choice.Below(4); change++)
            {
                int at = choice.Below(script.Length);
                int length = Math.Min(choice.Below(12), script.Length - at);
                script = script.Remove(at, length)
                    .Insert(at, choice.Of("", " ", choice.Of<string>(Pieces), script.Substring(at, length)));
            }

            CompileAny(Encoding.UTF8.GetBytes(script));
        }
    }

    /// <summary>Shapes that make careless parsers use up the stack or take quadratic time.</summary>
    [Theory]
    [InlineData("(", 200_000)]
    [InlineData("@", 500_000)]
    [InlineData("not ", 100_000)]
    [InlineData("1 + ", 200_000)]
    [InlineData("-", 300_000)]
    [InlineData("if x then ", 80_000)]
    [InlineData("abs(", 100_000)]
    [InlineData("x ?? ", 100_000)]
    [InlineData("\"", 300_000)]
    [InlineData("unknown + ", 80_000)]
    [InlineData("1; feature x = ", 40_000)]
    [InlineData("nowhere; let y = ", 40_000)]
    public void Compile_RepeatedPiece_IsTotal(string piece, int count)
    {
        string text = "features f 1; request r { id: string; at: time; } id id, time at; feature a = "
            + new StringBuilder().Insert(0, piece, count);
        Assert.Null(CompileAny(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Families multiply what is written by their spans: the text stays short, and so must the work.</summary>
    [Theory]
    [InlineData("feature f# = min(", "c + n + n + n + n + n + n + n + n + n + n, ", "n) over w;", 20_000, 1)]
    [InlineData("let f# = c", " + n * 2 + c", ";", 60, 300)]
    [InlineData("feature f# = c;", "", "", 0, 30_000)]
    [InlineData("feature f# = count(where n == # and n == now.n) over w;", "", "", 0, 9_000)]
    [InlineData("feature f# = count(where n in [1", ", 1", "] and n == now.n) over w;", 200_000, 1)]
    [InlineData("feature f# = count(where min(now.n", ", n + n + n + n + n + n", ") > 1) over w;", 30_000, 1)]
    [InlineData("window w# = r by id last 1h; event e# { id: int; at: time; } id id, time at, lag 1s;", "", "", 0, 9_000)]
    public void Compile_WideFamilies_IsTotal(string head, string piece, string tail, int pieces, int statements)
    {
        var text = new StringBuilder("features f 1; request r { id: string; at: time; n: int; } id id, time at;\n");
        text.Append("window w = r by id last ").AppendJoin(',', Enumerable.Range(1, 32).Select(hour => $"{hour}h"))
            .Append(" keep 8;\nlet c = count() over w;\n");
        for (int statement = 0; statement < statements; statement++)
        {
            string line = head + new StringBuilder().Insert(0, piece, pieces) + tail;
            text.Append(line.Replace("#", statement.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
            text.Append('\n');
        }

        CompileAny(Encoding.UTF8.GetBytes(text.ToString()));
    }

    [Fact]
    public void Compile_ManyMistakes_ShowsTheFirst50InTheOrderOfTheText()
    {
        string declarations =
            string.Concat(Enumerable.Range(0, 200).Select(index => $"feature x{index} = nowhere;\n$\n"));
        string text = "features f 1;\nrequest r { id: string; at: time; } id id, time at;\n" + declarations;
        FeatureScript.Compile(Encoding.UTF8.GetBytes(text), "many.feat", out ImmutableArray<Diagnostic> found);
        Assert.Equal(Enumerable.Range(3, 50), found.Select(one => one.Line));
    }

    private static FeatureScript? CompileAny(byte[] utf8)
    {
        FeatureScript? script = FeatureScript.Compile(utf8, "any.feat", out ImmutableArray<Diagnostic> found);
        Assert.InRange(found.Length, 0, 50);
        Assert.Equal(script is null, found.Any(one => one.IsError));
        return script;
    }
}
