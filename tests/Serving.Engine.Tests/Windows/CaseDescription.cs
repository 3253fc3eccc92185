using System.Globalization;
using System.Text;
using Serving.Data;
using Serving.Features.Tests.Conformance;

namespace Serving.Engine.Tests.Windows;

/// <summary>Writes a failing case as a script with a <c>test</c> block that says what the oracle finds.</summary>
internal static class CaseDescription
{
    private const string EncodedPrefix = "encoded ";

    public static string Of(WindowCase drawn, CaseDifference difference)
    {
        IEnumerable<string> happened = drawn.Arrivals
            .Select((item, index) => $"before {index}: {item.Before}")
            .Where(text => !text.EndsWith(nameof(Disturbance.None), StringComparison.Ordinal));
        return $"""
            Seed {drawn.Seed}: in the answer to arrival {difference.Arrival} '{difference.Column}' is
            {difference.Found ?? "missing"} and the oracle's is {difference.Expected ?? "missing"}.
            Cut {drawn.CutMs?.ToString(CultureInfo.InvariantCulture) ?? "none"}, calls of {drawn.BatchMost} rows,
            margin {drawn.MarginMs} ms, {string.Join("; ", happened)}
            {ScriptWithTest(drawn, difference)}
            """;
    }

    /// <summary>The script with the test block in the place of its own tests.</summary>
    public static string ScriptWithTest(WindowCase drawn, CaseDifference difference)
    {
        WindowCase bare = drawn with
        {
            Lines = [.. drawn.Lines.Where(line => !line.StartsWith("test ", StringComparison.Ordinal))],
        };
        var compiled = new CompiledCase(bare);
        var text = new StringBuilder(bare.Script);
        text.Append(CultureInfo.InvariantCulture, $"test \"seed {drawn.Seed}\" {{\n");
        for (int place = 0; place < drawn.Arrivals.Count; place++)
        {
            Arrival arrival = drawn.Arrivals[place];
            if (place != difference.Arrival && !arrival.ScoresOnly)
            {
                text.Append(CultureInfo.InvariantCulture, $"  given {Record(compiled, arrival)};\n");
            }
        }

        text.Append(CultureInfo.InvariantCulture, $"  when {Record(compiled, drawn.Arrivals[difference.Arrival])};\n");
        AddExpectations(text, compiled, difference);
        return text.Append("}\n").ToString();
    }

    private static void AddExpectations(StringBuilder text, CompiledCase compiled, CaseDifference difference)
    {
        string?[] expected = compiled.Expected()[difference.Arrival]!;
        RowSchema raw = compiled.Program.RawSchema;
        for (int field = 0; field < raw.Fields.Length; field++)
        {
            string name = raw.Fields[field].Name;
            bool isAsked = difference.Column == CaseDifference.StateColumn
                || difference.Column.Replace(EncodedPrefix, "", StringComparison.Ordinal) == name;
            if (isAsked)
            {
                // What has no literal stands in a comment.
                bool isLiteral = raw.Fields[field].Type.Kind is not (ValueKind.Digest or ValueKind.List);
                text.Append(CultureInfo.InvariantCulture, $"  {(isLiteral ? "" : "# ")}expect {name} ");
                text.Append(
                    expected[field] is { } value
                        ? $"== {Literal(raw.Fields[field].Type.Kind, value)};\n"
                        : "is missing;\n");
            }
        }
    }

    private static string Record(CompiledCase compiled, Arrival arrival)
    {
        RowSchema schema = compiled.Script.EventNamed(arrival.Event)!.Schema;
        var row = new RowBatch(schema);
        arrival.Values.AddTo(row);
        IEnumerable<string> values = Enumerable.Range(0, schema.Fields.Length)
            .Where(field => row.IsPresent(0, field))
            .Select(field => $"{schema.Fields[field].Name}: "
                + Literal(schema.Fields[field].Type.Kind, CellWriter.Raw(row, 0, field)!));
        return $"{arrival.Event} {{ {string.Join(", ", values)} }}";
    }

    private static string Literal(ValueKind kind, string cell) => kind switch
    {
        ValueKind.String => $"\"{cell}\"",
        ValueKind.Float when !cell.AsSpan().ContainsAny(".E") => cell + ".0",
        _ => cell,
    };
}
