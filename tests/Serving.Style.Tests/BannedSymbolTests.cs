using Xunit;

namespace Serving.Style.Tests;

public sealed class BannedSymbolTests
{
    private static readonly BannedSymbol[] Banned =
        [.. BannedSymbol.ParseFile(SourceTree.Read("BannedSymbols.txt"))];

    [Fact]
    public void Source_AllFiles_UsesNoBannedSymbol() =>
        Violations.MustBeNone(
            SourceTree.Files.SelectMany(file => Banned.SelectMany(symbol => symbol.FindIn(file))),
            "BannedSymbols.txt refuses:");

    [Theory]
    [InlineData("src/Serving.Engine/A.cs", "var now = System.DateTime . UtcNow;")]
    [InlineData("src/Serving.Engine/A.cs", "stream.Flush(true);")]
    [InlineData("src/Serving.Models/Links/A.cs", "double y = Math.Exp(x);")]
    [InlineData("src/Serving.Data/A.cs", "var r = new Random ( );")]
    [InlineData("src/Serving.Data/A.cs", "Dictionary<long, int> byId = [];")]
    [InlineData("src/Serving.Data/A.cs", "unsafe { }")]
    [InlineData("src/Serving.Models/Trees/A.cs", "Unsafe.Add(ref a, 1);")]
    [InlineData("src/Serving.Features/A.cs", "var r = new Regex(text, Combine(a, b));")]
    [InlineData("tests/Serving.Data.Tests/A.cs", "Thread.Sleep(10);")]
    public void Find_BannedUse_IsReported(string path, string code) =>
        Assert.NotEmpty(Find(path, code));

    [Theory]
    [InlineData("src/Serving.Cli/A.cs", "string? home = Environment.GetEnvironmentVariable(name);")]
    [InlineData("src/Serving.Data/Numerics/A.cs", "double y = Math.Exp(x);")]
    [InlineData("src/Serving.Models/A.cs", "double y = PortableMath.Exp(x);")]
    [InlineData("src/Serving.Models/Trees/Kernels/A.cs", "unsafe { }")]
    [InlineData("src/Serving.Models/A.cs", "// Math.Exp differs between machines.")]
    [InlineData("src/Serving.Models/A.cs", "string text = \"DateTime.Now\";")]
    [InlineData("src/Serving.Features/A.cs", "var r = new Regex(text, RegexOptions.NonBacktracking);")]
    [InlineData("src/Serving.Data/A.cs", "var r = new Random(7);")]
    public void Find_AllowedUse_IsNotReported(string path, string code) =>
        Assert.Empty(Find(path, code));

    private static string[] Find(string path, string code)
    {
        SourceFile file = new(path, $"class A {{ void M() {{ {code}\n}} }}");
        return [.. Banned.SelectMany(symbol => symbol.FindIn(file))];
    }
}
