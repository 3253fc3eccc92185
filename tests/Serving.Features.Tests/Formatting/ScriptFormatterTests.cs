using System.Collections.Immutable;
using System.Text;
using Serving.Features.Comparison;
using Serving.Features.Formatting;
using Serving.Features.Testing;
using Serving.Features.Tests.Properties;
using Xunit;

namespace Serving.Features.Tests.Formatting;

public sealed class ScriptFormatterTests
{
    private const int Scripts = 200;

    [Fact]
    public void Format_DrawnScripts_MeansTheSameAndIsStable()
    {
        for (ulong seed = 0; seed < Scripts; seed++)
        {
            string script = ScriptGenerator.Draw(seed).Script;
            string formatted = Format(script);
            Assert.Equal(formatted, Format(formatted));
            Assert.Empty(ScriptComparison.Compare(Compile(script), Compile(formatted)));
        }
    }

    [Fact]
    public void Format_DrawnScriptsWithWindows_MeansTheSameAndIsStable()
    {
        for (ulong seed = 0; seed < Scripts; seed++)
        {
            var choice = new Choice(seed);
            string script = string.Concat(WindowScriptGenerator.Draw(seed).Select(letter =>
                letter == ' ' ? choice.Of(" ", "  ", "\n", " # remark\n") : $"{letter}"));
            string formatted = Format(script);
            Assert.Equal(formatted, Format(formatted));
            FeatureScript one = Compile(script);
            FeatureScript other = Compile(formatted);
            Assert.Empty(ScriptComparison.Compare(one, other));
            Assert.Equal(one.Events.Length, other.Events.Length);
            Assert.Equal(one.Windows.Values.Hash, other.Windows.Values.Hash);
            Assert.Equal(one.AnyLabel?.WithinMs, other.AnyLabel?.WithinMs);
            Assert.Equal(
                ScriptTestRunner.Run(one, "t.feat").Select(result => result.Title),
                ScriptTestRunner.Run(other, "t.feat").Select(result => result.Title));
        }
    }

    [Fact]
    public void Format_WindowsLabelsAndTests_WritesOneDeclarationALine() => Assert.Equal(
        """
        features t 1;
        request r { id: string; at: time; k: string; } id id, time at, late 10m;
        event e { id: int; at: time; kn: time; k: string; } id id, time at, known kn, late 2h;
        window w = e by k last 1h, 2d step 1h delay 1d where id > 0 keep 5;
        window v = e by (k, id) last lifetime;
        feature x = count(where id == now.id) over w[1h];
        label y = any(e where id > 1) on k == k within 1d;
        test "t" {
          given e { id: 1, at: 2026-01-01T00:00:00Z, kn: 2026-01-01T00:00:00Z, k: "a" };
          when r { id: "a", at: 2026-01-01T00:00:00Z, k: "a" };
          expect x == 0;
        }

        """,
        ScriptFormatter.Format(
            """
            features t 1; request r{id:string;at:time;k:string;}id id,time at,late 10m;
            event e {id:int;at:time;kn:time;k:string;} id id,time at,known kn,late 2h;
            window w=e by k last 1h,2d step 1h delay 1d where id>0 keep 5; window v=e by(k,id)last lifetime;
            feature x=count(where id==now.id)over w[1h]; label y=any(e where id>1)on k==k within 1d;
            test "t" { given e{id:1,at:2026-01-01T00:00:00Z,kn:2026-01-01T00:00:00Z,k:"a"};
            when r{id:"a",at:2026-01-01T00:00:00Z,k:"a"}; expect x==0; }
            """u8.ToArray(),
            "t.feat",
            out _));

    [Fact]
    public void Format_Comments_KeepsAll()
    {
        const string Script = """
            # 1
            features t 1; # 2
            request r { # 3
              id: string; # 4
              at: time; n: int; # 5
            } # 6
            id id, # 7
            time at; # 8
            feature x = n # 9
              -> edges(1, # 10
                2); # 11
            test "a" { # 12
              when r { id: "a", # 13
                at: 2026-01-01T00:00:00Z, n: 1 }; # 14
              # 15
              expect x == 1; # 16
            } # 17
            # 18
            """;
        string formatted = Format(Script);
        Assert.Equal(formatted, Format(formatted));
        Assert.All(Enumerable.Range(1, 18), number => Assert.Matches($"# {number}(\n|$)", formatted));
    }

    private static string Format(string script)
    {
        string? text = ScriptFormatter.Format(
            Encoding.UTF8.GetBytes(script), "t.feat", out ImmutableArray<Diagnostic> diagnostics);
        Assert.Empty(diagnostics);
        return text!;
    }

    private static FeatureScript Compile(string text)
    {
        FeatureScript? script = FeatureScript.Compile(
            Encoding.UTF8.GetBytes(text), "t.feat", out ImmutableArray<Diagnostic> diagnostics);
        Assert.Empty(diagnostics);
        return script!;
    }
}
