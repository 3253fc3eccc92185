using System.Collections.Immutable;
using System.Globalization;
using Serving.Features.Syntax;

namespace Serving.Features.Text;

/// <summary>
/// Collects what is found about a script. One method per diagnostic, so that every message says what was found, why it
/// does not fit and what to write instead. Codes and places follow R100.
/// </summary>
internal sealed class DiagnosticBag(SourceText source)
{
    /// <summary>Diagnostics shown at most.</summary>
    public const int ShownMax = 50;

    /// <summary>What a field of the request is called in messages.</summary>
    public const string RequestField = "a field of the request";

    // Ascending by Start, equal ones in the order of their reports; at most ShownMax. What comes later in the text is
    // dropped at once: a hostile script has a million findings on one line, and placing each one counts that line.
    private readonly List<(int Start, Diagnostic Diagnostic)> _found = [];

    public bool HasErrors { get; private set; }

    /// <summary>The diagnostics in the order of the text, at most <see cref="ShownMax"/>.</summary>
    public ImmutableArray<Diagnostic> ToImmutable() => [.. _found.Select(found => found.Diagnostic)];

    public void InvalidUtf8(int at) =>
        Report("E001", new TextSpan(at, 1), "the script is not valid UTF-8 here", "save the file as UTF-8 without BOM");

    public void ByteOrderMark() =>
        Report(
            "E001",
            new TextSpan(0, 1),
            "the script begins with a byte order mark",
            "save the file as UTF-8 without BOM");

    public void ScriptTooLong(int bytes) =>
        Report(
            "E001", default, Text($"the script has {bytes} bytes; at most {SourceText.BytesMax} are read"), "split it");

    public void UnreadableToken(TextSpan span, string found, string expected) =>
        Report("E001", span, $"cannot read '{found}'", $"expected {expected}");

    public void UnexpectedToken(Token found, string expected) =>
        Report("E001", found.Span, $"found {Name(found)}, expected {expected}", "");

    public void TooDeep(TextSpan span, int max) =>
        Report("E001", span, Text($"this expression is nested deeper than {max} levels"), "name its parts with let");

    public void NameTooLong(TextSpan span, int max) =>
        Report("E001", span, Text($"this name is longer than {max} characters"), "shorten it");

    public void LiteralOutOfRange(TextSpan span, string type) =>
        Report("E004", span, $"this literal is outside the range of {type}", "");

    public void UnknownName(TextSpan span, string name, string what, IEnumerable<string> known) =>
        Report(
            "E002",
            span,
            $"there is no {what} '{name}' before this place",
            IsShown(span.Start) ? Nearest(name, known) : "");

    public void NoFieldOfEvent(
        TextSpan span, string name, string source, string? otherwise, IEnumerable<string> known) =>
        Report(
            "E002",
            span,
            $"event {source} has no field '{name}'"
                + (otherwise is null ? "" : $"; it is {otherwise}, and names here are fields of the past event"),
            !IsShown(span.Start) ? "" : otherwise == RequestField ? $"write now.{name}" : Nearest(name, known));

    public void Duplicate(TextSpan span, string name, string first) =>
        Report("E003", span, $"'{name}' is declared already as {first}", "choose another name");

    public void WrongType(TextSpan span, string message, string help = "") => Report("E005", span, message, help);

    public void WrongArguments(TextSpan span, string message, string help = "") => Report("E006", span, message, help);

    public void ScalesDiffer(TextSpan span, string left, string leftType, string right, string rightType, int scale) =>
        Report(
            "E044", span, $"{left} is {leftType} and {right} is {rightType}", Text($"write decimal({left}, {scale})"));

    public void MayBeMissing(TextSpan span, string cause, string text) =>
        Report("E031", span, $"this condition may be missing{cause}", $"write ({text}) ?? false");

    public void FamiliesDiffer(TextSpan span, string message, string help) => Report("E052", span, message, help);

    public void NoKnownTime(TextSpan span, string name) =>
        Report(
            "E061",
            span,
            $"event {name} has neither 'known' nor 'lag', so history cannot show when a label became visible and "
                + "offline results will be too good",
            "add e.g. lag 7d");

    public void LabelColumn(TextSpan span, string name) =>
        Report(
            "E062", span, $"'{name}' is read by the label and is not known when a request is scored", "leave it out");

    public void KeepNeeded(TextSpan span, string message, string help) => Report("E063", span, message, help);

    public void NeedsEncoder(TextSpan span, string name, string type) =>
        Report("E070", span, $"feature '{name}' is {type} and needs an encoder", "e.g. -> hash(4096)");

    public void EncoderMisplaced(TextSpan span, string message, string help) => Report("E071", span, message, help);

    public void FloatInCross(TextSpan span, string type) =>
        Report("E075", span, $"{type} in cross", "bucket it first, e.g. in a feature with -> quantiles(16)");

    public void StateTooLarge(TextSpan span, string message, string help) => Report("E090", span, message, help);

    public void ExpectationFailed(TextSpan span, string name, string found, string expected) =>
        Report("E110", span, $"'{name}' is {found}, expected {expected}", "");

    public void Warn(string code, TextSpan span, string message, string help) => Report(code, span, message, help);

    private void Report(string code, TextSpan span, string message, string help)
    {
        HasErrors |= code[0] == 'E';

        // Members of a family share their place: what is wrong with all of them is said once.
        if (!IsShown(span.Start) || _found.Exists(found => found.Start == span.Start && found.Diagnostic.Code == code))
        {
            return;
        }

        (int line, int column) = source.Position(span.Start);
        int length = Math.Max(1, source.CountCodePoints(span.Start, span.End));
        int place = _found.FindLastIndex(found => found.Start <= span.Start) + 1;
        _found.Insert(place, (span.Start, new Diagnostic(code, source.Path, line, column, length, message, help)));
        if (_found.Count > ShownMax)
        {
            _found.RemoveAt(ShownMax);
        }
    }

    private bool IsShown(int start) => _found.Count < ShownMax || start < _found[^1].Start;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Name(Token token) => token.Kind switch
    {
        TokenKind.End => "the end of the script",
        TokenKind.String => "a string",
        _ => $"'{token.Text}'",
    };

    private static string Nearest(string name, IEnumerable<string> known)
    {
        string? best = known.Select(candidate => (candidate, distance: Distance(name, candidate)))
            .Where(pair => pair.distance <= Math.Max(1, name.Length / 3))
            .OrderBy(pair => pair.distance).ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .Select(pair => pair.candidate).FirstOrDefault();
        return best is null ? "" : $"did you mean '{best}'?";
    }

    // Levenshtein distance of two short names.
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int above = row[j];
                int replace = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                row[j] = Math.Min(replace, Math.Min(row[j - 1], above) + 1);
                diagonal = above;
            }
        }

        return row[^1];
    }
}
