using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Serving.Style.Tests;

/// <summary>What code that carries [HotPath] may not contain, as far as syntax shows it.</summary>
internal static class HotPathRule
{
    private static readonly HashSet<string> Linq = new(StringComparer.Ordinal)
    {
        "Select", "SelectMany", "Where", "ToList", "ToArray", "ToDictionary", "ToHashSet", "OrderBy",
        "OrderByDescending", "GroupBy", "Aggregate", "First", "FirstOrDefault", "Last", "LastOrDefault", "Single",
        "SingleOrDefault", "Any", "Zip", "Skip", "Take", "Distinct", "Concat", "OfType", "Cast",
    };

    public static IEnumerable<string> FindIn(SourceFile file)
    {
        if (!file.Text.Contains("HotPath", StringComparison.Ordinal))
        {
            return [];
        }

        return file.Unit.DescendantNodes().OfType<MemberDeclarationSyntax>().Where(IsMarked)
            .SelectMany(member => member.DescendantNodes(node => !IsAssert(node)))
            .Select(node => (node, fault: FaultOf(node)))
            .Where(pair => pair.fault is not null)
            .Select(pair => $"{file.Place(pair.node)}: {pair.fault}")
            .Distinct(StringComparer.Ordinal);
    }

    private static bool IsMarked(MemberDeclarationSyntax member) =>
        member.AttributeLists.SelectMany(list => list.Attributes)
            .Any(attribute => attribute.Name.ToString() is "HotPath" or "HotPathAttribute");

    /// <summary>Asserts are gone in a release build, so their messages may be formatted.</summary>
    private static bool IsAssert(SyntaxNode node) =>
        node is InvocationExpressionSyntax call
        && call.Expression.ToString() is "Debug.Assert" or "System.Diagnostics.Debug.Assert";

    private static string? FaultOf(SyntaxNode node) => node switch
    {
        QueryExpressionSyntax => "LINQ query",
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } =>
            FaultOf(access.Name.Identifier.Text),
        AnonymousFunctionExpressionSyntax function when !function.Modifiers.Any(SyntaxKind.StaticKeyword) => "closure",
        InterpolatedStringExpressionSyntax => "string interpolation",
        LockStatementSyntax => "lock",
        ArrayCreationExpressionSyntax or ImplicitArrayCreationExpressionSyntax => "new array",
        YieldStatementSyntax => "iterator",
        TypeOfExpressionSyntax => "reflection",
        _ => null,
    };

    private static string? FaultOf(string called) =>
        Linq.Contains(called) ? $"LINQ or a copy: {called}"
        : called is "ToString" or "Format" ? "string formatting"
        : null;
}
