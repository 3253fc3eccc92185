using Xunit;

namespace Serving.Style.Tests;

/// <summary>Fails a test with every violation on a line of its own, so that one run shows all there is to do.</summary>
internal static class Violations
{
    private const int ShownMax = 60;

    public static void MustBeNone(IEnumerable<string> found, string rule)
    {
        string[] all = [.. found];
        if (all.Length == 0)
        {
            return;
        }

        IEnumerable<string> lines = all.Take(ShownMax);
        string more = all.Length > ShownMax ? $"\n... and {all.Length - ShownMax} more" : "";
        Assert.Fail($"{rule}\n{string.Join('\n', lines)}{more}");
    }
}
