using System.Collections.Immutable;
using System.Text;
using Serving.Features.Syntax;
using Serving.Features.Text;

namespace Serving.Features.Formatting;

/// <summary>
/// The canonical text of a script: one declaration on a line, fields of a wide event one below the other, one space
/// where spaces may stand, comments kept, single blank lines kept. Formatting twice gives the same text.
/// </summary>
public sealed class ScriptFormatter
{
    private const int ColumnsMax = 120;

    private readonly SourceText _source;
    private readonly StringBuilder _text = new();
    private readonly Queue<Comment> _comments;

    private ScriptFormatter(SourceText source, IEnumerable<Comment> comments)
    {
        _source = source;
        _comments = new Queue<Comment>(comments);
    }

    /// <summary>Formats a script; null where it does not parse, then the diagnostics say why.</summary>
    /// <param name="utf8">The script's bytes.</param>
    /// <param name="path">Name used in diagnostics.</param>
    /// <param name="diagnostics">What was found.</param>
    public static string? Format(ReadOnlyMemory<byte> utf8, string path, out ImmutableArray<Diagnostic> diagnostics)
    {
        SourceText source = ScriptReader.Read(utf8, path, out DiagnosticBag bag);
        ScriptSyntax? script = bag.HasErrors ? null : Parser.Parse(source, bag);
        diagnostics = bag.ToImmutable();
        return script is null || bag.HasErrors ? null : new ScriptFormatter(source, script.Comments).Format(script);
    }

    private string Format(ScriptSyntax script)
    {
        // The head ends before the first declaration; a comment behind it on its line stays there.
        int headEnd = _source.Text.IndexOf(';', (script.Zone ?? script.Version).Span.End) + 1;
        WriteComments(script.Span.Start);
        string zone = script.Zone is { } id ? $" zone {JsonText.Quote(id.Text)}" : "";
        EndDeclaration($"features {script.Name.Text} {script.Version.Text}{zone};", headEnd);
        int previousEnd = headEnd;
        foreach (DeclarationSyntax declaration in script.Declarations)
        {
            bool blank = HasBlankLine(previousEnd, FirstOf(declaration, previousEnd));
            _text.Append(blank ? "\n" : "");
            WriteComments(declaration.Span.Start);
            WriteInnerComments(declaration);
            Write(declaration);
            previousEnd = declaration.Span.End;
        }

        WriteComments(int.MaxValue);
        return _text.ToString();
    }

    // Where the declaration begins for the eye: at its first comment above, if any.
    private int FirstOf(DeclarationSyntax declaration, int previousEnd) =>
        _comments.TryPeek(out Comment next) && next.Span.Start > previousEnd && next.Span.Start < declaration.Span.Start
            ? next.Span.Start
            : declaration.Span.Start;

    private void Write(DeclarationSyntax declaration)
    {
        switch (declaration)
        {
            case EventSyntax node:
                WriteEvent(node);
                break;
            case TestSyntax node:
                WriteTest(node);
                break;
            case LetSyntax node:
                EndDeclaration(DeclarationText.Of(node), node.Span.End);
                break;
            case FeatureSyntax node:
                EndDeclaration(DeclarationText.Of(node), node.Span.End);
                break;
            case WindowSyntax node:
                EndDeclaration(DeclarationText.Of(node), node.Span.End);
                break;
            case LabelSyntax node:
                EndDeclaration(DeclarationText.Of(node), node.Span.End);
                break;
            default:
                throw new InvalidOperationException($"no text for {declaration.GetType().Name}");
        }
    }

    private void WriteEvent(EventSyntax node)
    {
        string head = $"{(node.IsRequest ? "request" : "event")} {node.Name.Text} {{";
        string options = string.Join(", ", node.Options.Select(DeclarationText.Of));
        string line = $"{head} {string.Join(' ', node.Fields.Select(DeclarationText.Of))} }} {options};";
        bool commented = _comments.TryPeek(out Comment next) && next.Span.Start < node.Span.End;
        if (line.Length <= ColumnsMax && !commented)
        {
            EndDeclaration(line, node.Span.End);
            return;
        }

        _text.Append(head).Append('\n');
        foreach (FieldSyntax field in node.Fields)
        {
            WriteComments(field.Span.Start, "  ");
            _text.Append("  ");
            EndDeclaration(DeclarationText.Of(field), field.Span.End);
        }

        WriteComments(node.Options[0].Span.Start, "  ");
        EndDeclaration($"}} {options};", node.Span.End);
    }

    private void WriteTest(TestSyntax node)
    {
        _text.Append("test ").Append(JsonText.Quote(node.Title.Text)).Append(" {\n");
        foreach (TestEventSyntax item in node.Events)
        {
            string values = string.Join(", ", item.Values.Select(ValueText));
            WriteComments(item.Span.Start, "  ");
            _text.Append("  ");
            EndDeclaration($"{(item.IsWhen ? "when" : "given")} {item.Event.Text} {{ {values} }};", item.Span.End);
        }

        foreach (ExpectationSyntax item in node.Expectations)
        {
            string value = item.Value is null ? "is missing" : "== " + ExpressionText.Of(item.Value);
            WriteComments(item.Span.Start, "  ");
            _text.Append("  ");
            EndDeclaration($"expect {item.Name.Text} {value};", item.Span.End);
        }

        WriteComments(node.Span.End, "  ");
        EndDeclaration("}", node.Span.End);
    }

    private static string ValueText(RecordValueSyntax node) => node.Literal is { } literal
        ? $"{node.Name.Text}: {ExpressionText.Of(literal)}"
        : $"{node.Name.Text}: [{string.Join(", ", node.Items.Select(ExpressionText.Of))}]";

    // Comments in the middle of a one-line declaration go above it.
    private void WriteInnerComments(DeclarationSyntax declaration)
    {
        if (declaration is not (EventSyntax or TestSyntax))
        {
            WriteComments(declaration.Span.End);
        }
    }

    private void WriteComments(int before, string indent = "")
    {
        int last = -1;
        while (_comments.TryPeek(out Comment next) && next.Span.Start < before)
        {
            _comments.Dequeue();
            _text.Append(last >= 0 && HasBlankLine(last, next.Span.Start) ? "\n" : "");
            _text.Append(indent).Append(next.Text).Append('\n');
            last = next.Span.End;
        }

        bool apart = last >= 0 && before < _source.Text.Length && indent.Length == 0 && HasBlankLine(last, before);
        _text.Append(apart ? "\n" : "");
    }

    // A comment behind a declaration on its line stays there.
    private void EndDeclaration(string text, int end)
    {
        _text.Append(text);
        if (_comments.TryPeek(out Comment next) && next.Span.Start >= end
            && !_source.Text.AsSpan(end, next.Span.Start - end).Contains('\n')
            && string.IsNullOrWhiteSpace(_source.Text[end..next.Span.Start]))
        {
            _comments.Dequeue();
            _text.Append("  ").Append(next.Text);
        }

        _text.Append('\n');
    }

    private bool HasBlankLine(int from, int to) =>
        from < to && _source.Text.AsSpan(from, Math.Min(to, _source.Text.Length) - from).Count('\n') > 1;
}
