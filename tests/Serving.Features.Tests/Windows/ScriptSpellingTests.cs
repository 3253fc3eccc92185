using Serving.Data.Windows;
using Serving.Features.Tests.Fitting;
using Xunit;

namespace Serving.Features.Tests.Windows;

/// <summary>Conditions are shown as the script writes them.</summary>
public sealed class ScriptSpellingTests
{
    [Theory]
    [InlineData("s == \"D\\\"E\"")]
    [InlineData("s in [\"a\", \"ü\"] and not (n > 1 or n < -3)")]
    [InlineData("(n > 1 or f > 0.5) and s != \"x\"")]
    [InlineData("n > 1 or f > 0.5 and s != \"x\"")]
    [InlineData("a >= 12.50")]
    [InlineData("(k ?? s) == \"x\"", "k ?? s == \"x\"")]
    [InlineData("k is not missing and (k is missing or n == 2)")]
    [InlineData("((n + 2) * 3 - (n - 1) > n % 2 / 1.5) ?? false")]
    [InlineData("n - (2 - n) == -n")]
    [InlineData("(if n > 1 then n else 2) > 1")]
    [InlineData("hour(at) >= 22 and lower_ascii(s) == \"x\"")]
    [InlineData("prefix(s, 3) == \"abc\" and abs(f) < 1.5")]
    [InlineData("(part(s, \"-\", 0, 1) ?? \"\") == \"x\"", "part(s, \"-\", 0, 1) ?? \"\" == \"x\"")]
    [InlineData("seconds_between(at, at) < 1.0")]
    public void Column_Condition_IsShownAsItIsWritten(string written, string? shown = null)
    {
        FeatureScript script = Scripts.Compile($$"""
            features t 1 zone "UTC";
            request r { id: string; at: time; k: string?; s: string; a: decimal(2); n: int; f: float; }
              id id, time at, late 10m;
            window w = r by s last 1d;
            feature f_a = count(where {{written}}) over w;
            """);
        KeyedLog log = Assert.Single(script.Windows.Logs);
        Assert.Equal(shown ?? written, log.Columns[log.Measures[0].Where].Shown);
    }
}
