using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Serving.Style.Tests;

/// <summary>A C# file, parsed without its references: rules look at syntax alone, so all take a second.</summary>
internal sealed class SourceFile
{
    private readonly Lazy<CompilationUnitSyntax> _unit;
    private readonly Lazy<SyntaxToken[]> _tokens;

    public SourceFile(string path, string text)
    {
        Path = path;
        Text = text;
        Lines = text.Split('\n');
        _unit = new(() => CSharpSyntaxTree.ParseText(Text).GetCompilationUnitRoot());
        _tokens = new(() => [.. Unit.DescendantTokens()]);
    }

    /// <summary>Path from the root of the repository, with forward slashes.</summary>
    public string Path { get; }

    public string Text { get; }

    public string[] Lines { get; }

    public CompilationUnitSyntax Unit => _unit.Value;

    public SyntaxToken[] Tokens => _tokens.Value;

    /// <summary>Lines of the file, the empty one behind the last line feed not counted.</summary>
    public int LineCount => Text.EndsWith('\n') ? Lines.Length - 1 : Lines.Length;

    /// <summary>Types that stand in the file itself, not in another type.</summary>
    public IEnumerable<MemberDeclarationSyntax> TopLevelTypes =>
        Unit.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    public static string NameOf(MemberDeclarationSyntax type) => type switch
    {
        BaseTypeDeclarationSyntax named => named.Identifier.Text,
        DelegateDeclarationSyntax named => named.Identifier.Text,
        _ => "",
    };

    /// <summary>`path:line`, as an editor opens it.</summary>
    public string Place(SyntaxNode node) => Place(node.SpanStart);

    public string Place(int position) => $"{Path}:{Text.AsSpan(0, position).Count('\n') + 1}";
}
