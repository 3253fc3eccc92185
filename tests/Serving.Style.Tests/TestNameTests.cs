using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Serving.Style.Tests;

public sealed class TestNameTests
{
    [Fact]
    public void Tests_Names_AreSubjectSituationOutcome() =>
        Violations.MustBeNone(SourceTree.Files.SelectMany(Misnamed), "A test is called Subject_Situation_Outcome:");

    [Theory]
    [InlineData("[Fact] public void Works() { }", 1)]
    [InlineData("[Theory] public void Parse_Works() { }", 1)]
    [InlineData("[Fact(Skip = \"x\")] public void Parse_EmptyText_IsRefused() { }", 0)]
    [InlineData("private void Parse() { }", 0)]
    public void Misnamed_Name_NeedsThreeParts(string member, int found) =>
        Assert.Equal(found, Misnamed(new("tests/A.cs", $"class A {{ {member} }}")).Count());

    private static IEnumerable<string> Misnamed(SourceFile file) =>
        file.Unit.DescendantNodes().OfType<MethodDeclarationSyntax>()
            .Where(IsTest)
            .Where(method => method.Identifier.Text.Split('_').Length < 3)
            .Select(method => $"{file.Place(method)}: {method.Identifier.Text}");

    private static bool IsTest(MethodDeclarationSyntax method) =>
        method.AttributeLists.SelectMany(list => list.Attributes)
            .Any(attribute => attribute.Name.ToString() is "Fact" or "Theory");
}
