using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Serving.Style.Tests;

public sealed class LayoutTests
{
    private static readonly HashSet<string> FilesWithoutType =
        ["GlobalUsings.cs", "Usings.cs", "AssemblyInfo.cs", "Program.cs"];

    private static readonly HashSet<string> RefusedNames =
        ["Common", "Core", "Utils", "Util", "Utilities", "Helpers", "Helper", "Misc", "Shared", "Manager", "Managers"];

    [Fact]
    public void Files_Types_AreOneOfTheSameName() =>
        Violations.MustBeNone(SourceTree.Files.SelectMany(WrongTypes), "One type per file, of the same name:");

    [Fact]
    public void Files_Namespaces_AreTheirFolders() =>
        Violations.MustBeNone(SourceTree.Files.SelectMany(WrongNamespaces), "A namespace is the folder's path:");

    [Fact]
    public void Types_Names_AreNoNamespaceSegments()
    {
        HashSet<string> segments =
            SourceTree.Source.SelectMany(file => Namespace(file.Path).Split('.')).ToHashSet(StringComparer.Ordinal);
        Violations.MustBeNone(
            SourceTree.Source
                .SelectMany(file => file.TopLevelTypes.Select(type => (file, name: SourceFile.NameOf(type))))
                .Where(pair => segments.Contains(pair.name))
                .Select(pair => $"{pair.file.Path}: {pair.name}"),
            "A type that is called as a segment of a namespace cannot be named from its siblings:");
    }

    [Fact]
    public void Names_FoldersAndTypes_SayWhatTheThingIs() =>
        Violations.MustBeNone(
            SourceTree.Files.SelectMany(Nameless),
            "Names that say nothing (move code to the lowest project that owns its noun):");

    [Theory]
    [InlineData("src/Serving.Data/Two.cs", "namespace Serving.Data; class Two { } class Three { }")]
    [InlineData("src/Serving.Data/Other.cs", "namespace Serving.Data; enum Two { }")]
    [InlineData("src/Serving.Data/None.cs", "namespace Serving.Data;")]
    public void WrongTypes_SeveralOrOtherName_AreReported(string path, string text) =>
        Assert.NotEmpty(WrongTypes(new(path, text)));

    [Theory]
    [InlineData("src/Serving.Data/Map.cs", "namespace Serving.Data; class Map<T> { class Inner { } }")]
    [InlineData("src/Serving.Data/Map.Reading.cs", "namespace Serving.Data; partial class Map { }")]
    public void WrongTypes_OneOfTheName_IsFine(string path, string text) => Assert.Empty(WrongTypes(new(path, text)));

    [Fact]
    public void WrongNamespaces_OtherFolder_IsReported() =>
        Assert.NotEmpty(WrongNamespaces(new("src/Serving.Data/Numerics/A.cs", "namespace Serving.Data; class A { }")));

    [Theory]
    [InlineData("src/Serving.Data/Utils/A.cs", "class A { }")]
    [InlineData("src/Serving.Data/A.cs", "class RowHelper { }")]
    public void Nameless_SuchNames_AreReported(string path, string text) => Assert.NotEmpty(Nameless(new(path, text)));

    private static IEnumerable<string> WrongTypes(SourceFile file)
    {
        string name = Path.GetFileName(file.Path);
        string[] types = [.. file.TopLevelTypes.Select(SourceFile.NameOf)];
        if (types.Length == 0)
        {
            return FilesWithoutType.Contains(name) ? [] : [$"{file.Path}: has no type"];
        }

        string expected = name[..name.IndexOf('.', StringComparison.Ordinal)];
        return types.Length == 1 && string.Equals(types[0], expected, StringComparison.Ordinal)
            ? []
            : [$"{file.Path}: has {string.Join(", ", types)}"];
    }

    private static IEnumerable<string> WrongNamespaces(SourceFile file)
    {
        string expected = Namespace(file.Path);
        return file.Unit.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
            .Select(declared => declared.Name.ToString())
            .Where(name => !string.Equals(name, expected, StringComparison.Ordinal))
            .Select(name => $"{file.Path}: {name} instead of {expected}");
    }

    /// <summary>`src/Serving.Models/Trees/A.cs` -> `Serving.Models.Trees`.</summary>
    private static string Namespace(string path) => string.Join('.', path.Split('/')[1..^1]);

    private static IEnumerable<string> Nameless(SourceFile file)
    {
        IEnumerable<string> folders = file.Path.Split('/')[..^1].SelectMany(folder => folder.Split('.'));
        foreach (string part in folders.Where(RefusedNames.Contains))
        {
            yield return $"{file.Path}: folder {part}";
        }

        foreach (string name in file.TopLevelTypes.Select(SourceFile.NameOf))
        {
            if (RefusedNames.Any(refused => name.EndsWith(refused, StringComparison.Ordinal)))
            {
                yield return $"{file.Path}: type {name}";
            }
        }
    }
}
