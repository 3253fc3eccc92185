using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Serving.Style.Tests;

/// <summary>A line of BannedSymbols.txt: tokens that may not follow each other, where, and what stands in.</summary>
internal sealed class BannedSymbol
{
    private readonly string[] _tokens;
    private readonly string? _unless;
    private readonly PathPattern[] _where;
    private readonly PathPattern[] _except;

    private BannedSymbol(string pattern, string where, string except, string instead)
    {
        string[] parts = pattern.Split(" unless ");
        Pattern = pattern;
        Instead = instead;
        _tokens = [.. SyntaxFactory.ParseTokens(parts[0]).Select(token => token.Text).Where(text => text.Length > 0)];
        _unless = parts.Length > 1 ? parts[1] : null;
        _where = PathPattern.ParseList(where);
        _except = PathPattern.ParseList(except);
    }

    public string Pattern { get; }

    public string Instead { get; }

    public static IEnumerable<BannedSymbol> ParseFile(string text)
    {
        foreach (string line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            string[] cells = [.. line.Split('|').Select(cell => cell.Trim())];
            Assert.True(
                cells.Length == 4 && cells[3].Length > 0,
                $"`pattern | where | except | instead` expected: {line}");
            yield return new(cells[0], cells[1], cells[2], cells[3]);
        }
    }

    public IEnumerable<string> FindIn(SourceFile file)
    {
        if (!Array.Exists(_where, place => place.Matches(file.Path))
            || Array.Exists(_except, place => place.Matches(file.Path))
            || !file.Text.Contains(_tokens[0], StringComparison.Ordinal))
        {
            yield break;
        }

        SyntaxToken[] tokens = file.Tokens;
        for (int start = 0; start + _tokens.Length <= tokens.Length; start++)
        {
            if (IsAt(tokens, start) && !IsExcused(tokens, start + _tokens.Length))
            {
                yield return $"{file.Place(tokens[start].SpanStart)}: `{Pattern}`; instead: {Instead}";
            }
        }
    }

    private bool IsAt(SyntaxToken[] tokens, int start)
    {
        for (int index = 0; index < _tokens.Length; index++)
        {
            if (!string.Equals(tokens[start + index].Text, _tokens[index], StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The excusing name must stand before the bracket closes that the pattern opened.</summary>
    private bool IsExcused(SyntaxToken[] tokens, int next)
    {
        int open = 1;
        for (int index = next; _unless is not null && index < tokens.Length && open > 0; index++)
        {
            open += tokens[index].Text switch { "(" => 1, ")" => -1, _ => 0 };
            if (string.Equals(tokens[index].Text, _unless, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
