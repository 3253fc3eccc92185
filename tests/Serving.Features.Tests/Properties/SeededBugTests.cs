using Xunit;

namespace Serving.Features.Tests.Properties;

/// <summary>The comparison of drawn scripts is worth something: it finds each of ten mistakes with the scripts of every run.</summary>
public sealed class SeededBugTests
{
    private const ulong CiScripts = 300;

    public static TheoryData<string> Kinds() => [.. SeededBug.All.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void DrawnScripts_SeededBug_IsFound(string kind)
    {
        for (ulong seed = 1; seed <= CiScripts; seed++)
        {
            if (Difference.Find(ScriptGenerator.Draw(seed), SeededBug.All[kind]) is not null)
            {
                return;
            }
        }

        Assert.Fail($"no script out of {CiScripts} shows the bug");
    }
}
