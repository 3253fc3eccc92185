using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Serving.Style.Tests;

/// <summary>Lines of a file: median at most 120, p90 250, never over 400; of a method: 10, 30, 70.</summary>
public sealed class SizeTests(ITestOutputHelper output)
{
    private const int FileLinesMax = 400;
    private const int MethodLinesMax = 70;
    private const int ColumnsMax = 120;

    [Fact]
    public void Files_Lines_AreUnderTheHardStop() =>
        Violations.MustBeNone(Ratchet.Read("file-lines").Check(Files(), FileLinesMax), "Files that are too long:");

    [Fact]
    public void Methods_Lines_AreUnderTheHardStop() =>
        Violations.MustBeNone(
            Ratchet.Read("method-lines").Check(Methods(), MethodLinesMax),
            "Methods that are too long:");

    [Fact]
    public void Source_MedianAndNinetiethPercentile_AreSmall()
    {
        int[] files = Sorted(Files().Where(IsSource));
        int[] methods = Sorted(Methods().Where(IsSource));
        output.WriteLine(
            $"{files.Length} files: median {At(files, 50)}, p90 {At(files, 90)}, max {files[^1]}; "
            + $"{methods.Length} methods: median {At(methods, 50)}, p90 {At(methods, 90)}, max {methods[^1]}");
        Assert.InRange(At(files, 50), 0, 120);
        Assert.InRange(At(files, 90), 0, 250);
        Assert.InRange(At(methods, 50), 0, 10);
        Assert.InRange(At(methods, 90), 0, 30);
    }

    [Fact]
    public void Lines_Columns_AreAtMostOneHundredTwenty() =>
        Violations.MustBeNone(
            Ratchet.Read("wide-lines").Check(
                SourceTree.Files.GroupBy(Project).Select(files => new Measured(files.Key, files.Sum(WideLines))),
                limit: 0),
            $"Lines over {ColumnsMax} columns, per project (grep -rnE '^.{{121,}}$' --include=*.cs):");

    [Theory]
    [InlineData(120, 0)]
    [InlineData(121, 1)]
    public void WideLines_Width_IsCounted(int width, int found) =>
        Assert.Equal(found, WideLines(new("src/A.cs", "\n" + new string('x', width) + "\n")));

    [Fact]
    public void MethodsOf_DocComment_IsNotCounted()
    {
        SourceFile file = new("src/A.cs", "class A\n{\n/// <summary>\n/// x\n/// </summary>\nvoid M()\n{\n}\n}\n");
        Assert.Equal([new Measured("src/A.cs#M", 3)], MethodsOf(file));
    }

    private static IEnumerable<Measured> Files() =>
        SourceTree.Files.Select(file => new Measured(file.Path, file.LineCount));

    private static IEnumerable<Measured> Methods() => SourceTree.Files.SelectMany(MethodsOf);

    private static IEnumerable<Measured> MethodsOf(SourceFile file) =>
        file.Unit.DescendantNodes().Where(IsMethod)
            .Select(node => new Measured($"{file.Path}#{NameOf(node)}", LinesOf(node)));

    private static bool IsMethod(SyntaxNode node) =>
        node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax { Body: not null }
            or PropertyDeclarationSyntax { ExpressionBody: not null };

    private static int LinesOf(SyntaxNode node)
    {
        FileLinePositionSpan span = node.SyntaxTree.GetLineSpan(node.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    private static string NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        PropertyDeclarationSyntax property => property.Identifier.Text,
        AccessorDeclarationSyntax accessor =>
            $"{accessor.FirstAncestorOrSelf<PropertyDeclarationSyntax>()?.Identifier.Text}.{accessor.Keyword.Text}",
        _ => node.GetType().Name,
    };

    private static bool IsSource(Measured thing) => thing.Name.StartsWith("src/", StringComparison.Ordinal);

    private static int[] Sorted(IEnumerable<Measured> things) => [.. things.Select(thing => thing.Size).Order()];

    private static int At(int[] sorted, int percent) => sorted[(sorted.Length - 1) * percent / 100];

    private static string Project(SourceFile file) => string.Join('/', file.Path.Split('/')[..2]);

    private static int WideLines(SourceFile file) => file.Lines.Count(line => line.Length > ColumnsMax);
}
