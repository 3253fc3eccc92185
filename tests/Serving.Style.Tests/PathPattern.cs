using System.Text.RegularExpressions;

namespace Serving.Style.Tests;

/// <summary>
/// A folder or file of the repository; `*` stands for any part of one path segment, `**` for any number of segments.
/// A folder matches all that lies below it.
/// </summary>
internal sealed class PathPattern(string text)
{
    private readonly Regex _expression =
        new(Translate(text), RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);

    public static PathPattern[] ParseList(string list) =>
        [.. list.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(item => new PathPattern(item))];

    public bool Matches(string path) => _expression.IsMatch(path);

    private static string Translate(string text)
    {
        string escaped = Regex.Escape(text)
            .Replace(@"\*\*/", "(.*/)?", StringComparison.Ordinal)
            .Replace(@"\*", "[^/]*", StringComparison.Ordinal);
        return $"^{escaped}(/.*)?$";
    }
}
