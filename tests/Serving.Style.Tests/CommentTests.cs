using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Serving.Style.Tests;

public sealed class CommentTests
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture;

    private static readonly Regex Unfinished = new(@"\b(TODO|FIXME|XXX|HACK)\b", Options);

    private static readonly Regex Banner = new(@"[-=*#/_]{6,}", Options);

    private static readonly Regex Code = new(
        @"^([\w.<>\[\]?, ]+\(.*\)|[\w.\[\]<>? ]+ [-+*/|&]?= .+|(return|throw|var)\b.*|using [\w.]+|break|continue);$"
        + @"|^(if|for|foreach|while|switch|else)\b.*[({]$|^[{}]+$|^(public|private|internal|protected) .*[({;]$",
        Options);

    private static readonly Regex MachinePath =
        new(@"(^|[\s""'`(=:])/(work|home|root|Users)/[A-Za-z]", Options);

    [Fact]
    public void Comments_AllFiles_AreSentencesNotLeftovers() =>
        Violations.MustBeNone(SourceTree.Files.SelectMany(Leftovers), "Comments say why; nothing is left for later:");

    [Fact]
    public void Suppressions_AllFiles_HaveAReason() =>
        Violations.MustBeNone(
            SourceTree.Files.SelectMany(Unreasoned),
            "`#pragma warning disable X // reason`, Justification = \"...\":");

    [Fact]
    public void Text_AllFiles_NamesNoMachinePath()
    {
        string[] folders = ["src", "tests", "bench", "docs", ".ci"];
        string[] endings = [".cs", ".md", ".csproj", ".props", ".sh", ".py", ".txt", ".yaml", ".json"];
        IEnumerable<string> paths =
            folders.SelectMany(folder => endings.SelectMany(ending => SourceTree.Paths(folder, ending)));
        Violations.MustBeNone(
            paths.Where(path => MachinePath.IsMatch(SourceTree.Read(path))),
            "Paths of one machine do not belong here:");
    }

    [Theory]
    [InlineData("// TODO: later")]
    [InlineData("// ---------- Section ----------")]
    [InlineData("// int x = 3;")]
    [InlineData("// Write(row, 3);")]
    [InlineData("// return x;")]
    [InlineData("// if (x > 3) {")]
    [InlineData("// }")]
    [InlineData("#region A\n#endregion")]
    public void Leftovers_Such_AreReported(string comment) =>
        Assert.NotEmpty(Leftovers(new("src/A.cs", comment + "\nclass A;\n")));

    [Theory]
    [InlineData("// The first of two (the second may be absent) is read here;")]
    [InlineData("// Step 3: return the buffer.")]
    [InlineData("// Row r begins at r * DenseCount; the arena is longer than needed.")]
    [InlineData("/// <summary>Writes `x = 3;` for a test.</summary>")]
    public void Leftovers_Sentences_AreFine(string comment) =>
        Assert.Empty(Leftovers(new("src/A.cs", comment + "\nclass A;\n")));

    [Theory]
    [InlineData("#pragma warning disable CA1000\nclass A;", 1)]
    [InlineData("#pragma warning disable CA1000 // The factory reads better on the type.\nclass A;", 0)]
    [InlineData("[SuppressMessage(\"Design\", \"CA1000\")] class A;", 1)]
    [InlineData("[SuppressMessage(\"Design\", \"CA1000\", Justification = \"Read by people.\")] class A;", 0)]
    public void Unreasoned_Suppression_NeedsAReason(string text, int found) =>
        Assert.Equal(found, Unreasoned(new("src/A.cs", text)).Count());

    private static IEnumerable<string> Leftovers(SourceFile file)
    {
        foreach (SyntaxTrivia trivia in file.Unit.DescendantTrivia(descendIntoTrivia: false))
        {
            string? fault = FaultOf(trivia);
            if (fault is not null)
            {
                yield return $"{file.Place(trivia.SpanStart)}: {fault}";
            }
        }
    }

    private static string? FaultOf(SyntaxTrivia trivia)
    {
        if (trivia.IsKind(SyntaxKind.RegionDirectiveTrivia))
        {
            return "#region: split the file instead";
        }

        if (!trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) && !trivia.IsKind(SyntaxKind.MultiLineCommentTrivia))
        {
            return null;
        }

        string text = trivia.ToString();
        string inner = text.TrimStart('/').Trim();
        return Unfinished.IsMatch(text) ? $"unfinished: {inner}"
            : Banner.IsMatch(text.AsSpan(2)) ? $"banner: {inner}"
            : Code.IsMatch(inner) ? $"commented-out code: {inner}"
            : null;
    }

    private static IEnumerable<string> Unreasoned(SourceFile file)
    {
        IEnumerable<string> pragmas = file.Lines.Index()
            .Where(line => line.Item.TrimStart().StartsWith("#pragma warning disable", StringComparison.Ordinal))
            .Where(line => !line.Item.Contains("//", StringComparison.Ordinal))
            .Select(line => $"{file.Path}:{line.Index + 1}: {line.Item.Trim()}");
        IEnumerable<string> attributes = file.Unit.DescendantNodes().OfType<AttributeSyntax>()
            .Where(attribute => attribute.Name.ToString() is "SuppressMessage" or "UnconditionalSuppressMessage")
            .Where(attribute => !attribute.ToString().Contains("Justification", StringComparison.Ordinal))
            .Select(attribute => $"{file.Place(attribute)}: {attribute}");
        return pragmas.Concat(attributes);
    }
}
