using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Serving.Style.Tests;

/// <summary>One boundary of a process catches everything; ratchet.txt counts each place with its reason.</summary>
public sealed class CatchAllTests
{
    [Fact]
    public void Source_CatchOfEverything_IsCounted() =>
        Violations.MustBeNone(
            Ratchet.Read("catch-all").Check(SourceTree.Source.GroupBy(Project).Select(Counted), 0),
            "`catch` of every exception without `when`, per project:");

    [Theory]
    [InlineData("catch { }", 1)]
    [InlineData("catch (Exception) { }", 1)]
    [InlineData("catch (System.Exception error) { }", 1)]
    [InlineData("catch (Exception error) when (error is IOException) { }", 0)]
    [InlineData("catch (IOException) { }", 0)]
    public void Count_Catch_IsSeen(string clause, int count) =>
        Assert.Equal(count, Count(new("src/A.cs", $"class A {{ void M() {{ try {{ }} {clause} }} }}")));

    private static string Project(SourceFile file) => string.Join('/', file.Path.Split('/')[..2]);

    private static Measured Counted(IGrouping<string, SourceFile> project) => new(project.Key, project.Sum(Count));

    private static int Count(SourceFile file) =>
        file.Unit.DescendantNodes().OfType<CatchClauseSyntax>()
            .Where(clause => clause.Filter is null)
            .Count(clause => clause.Declaration?.Type.ToString() is null or "Exception" or "System.Exception");
}
