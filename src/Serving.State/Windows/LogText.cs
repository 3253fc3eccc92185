using System.Globalization;
using System.Text;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>
/// The canonical text of everything on which the meaning of a log's bytes depends; its XXH64 is the schema hash.
/// </summary>
internal static class LogText
{
    /// <summary>Writes the text: one line for each fact, names and expressions with their length before them.</summary>
    public static string Of(KeyedLog log)
    {
        var text = new StringBuilder();
        Line(text, $"log {BlobHeader.FormatVersion}");
        EventDeclaration source = log.Event;
        Line(text, $"event {Counted(source.Schema.Name)} {(source.IsRequest ? "request" : "event")}");
        Line(text, $"id {TypeOf(source, source.IdField)} held {log.HoldsIds}");
        Line(text, $"lag {(source.KnownField >= 0 ? -1 : Math.Max(0, source.LagMs))}");
        foreach (int field in log.EventKey)
        {
            Line(text, $"key {Counted(source.Schema.Fields[field].Name)} {TypeOf(source, field)}");
        }

        foreach (LogColumn column in log.Columns)
        {
            Line(text, $"column {Counted(column.Text)} {column.Type}");
        }

        foreach (LogMeasure measure in log.Measures)
        {
            Line(text, $"measure {measure.Argument} {measure.Where} {(int)measure.Parts}");
        }

        foreach (string bounds in log.Readings.Select(BoundsOf).Distinct().Order(StringComparer.Ordinal))
        {
            Line(text, $"bounds {bounds}");
        }

        Line(text, $"horizon {log.HorizonMs} repetition {log.RepetitionMs}");
        return text.ToString();
    }

    private static string BoundsOf(WindowReading reading)
    {
        // Of calls that see the latest events alone, the measure says which events those are.
        int kept = reading.Keep == 0 ? -1 : reading.Whole >= 0 ? reading.Whole : reading.Measure;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{reading.Bounds.SpanMs} {reading.Bounds.StepMs} {reading.Bounds.DelayMs} {reading.Keep} {kept}");
    }

    private static string TypeOf(EventDeclaration source, int field) =>
        source.Schema.Fields[field].Type.AsRequired().ToString();

    private static string Counted(string name) =>
        string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(name)}:{name}");

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
