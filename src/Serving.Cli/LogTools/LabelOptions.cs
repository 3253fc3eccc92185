using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Data.Time;
using Serving.Engine.Predictions.Log.Exports;

namespace Serving.Cli.LogTools;

/// <summary>The options of <c>log export</c> that join labels.</summary>
internal sealed class LabelOptions
{
    /// <summary>The table.</summary>
    public Option<string?> File { get; } = new("--labels")
    {
        Description = "Table of labels, joined by id (--rename id=COLUMN).",
    };

    /// <summary>Its column of labels.</summary>
    public Option<string?> Label { get; } = new("--label")
    {
        Description = "Column of the label: a number, true or false.",
    };

    /// <summary>Its column of when labels came.</summary>
    public Option<string?> Known { get; } = new("--known")
    {
        Description = "Column of when the label came; now without it.",
    };

    /// <summary>When a request without a label counts as 0.</summary>
    public Option<string?> Within { get; } = new("--within")
    {
        Description = "So long after its answer a request without a label counts as 0, e.g. 30d.",
    };

    /// <summary>The moment of the export.</summary>
    public Option<string?> AsOf { get; } = new("--as-of")
    {
        Description = "What came later is not there yet; now without it.",
    };

    /// <summary>The labels; null without <c>--labels</c>.</summary>
    /// <exception cref="UsageException">An option is missing or has another form.</exception>
    public LogLabels? Read(CommandConsole console, ParseResult parsed, string[]? renames, string? format)
    {
        string? file = parsed.GetValue(File);
        if (file is null)
        {
            return null;
        }

        string label = parsed.GetValue(Label)
            ?? throw new UsageException("--labels needs --label COLUMN: the column of the label");
        TimeSpan? within = null;
        if (parsed.GetValue(Within) is { } text)
        {
            within = DurationText.TryParse(text, out TimeSpan parsedText)
                ? parsedText
                : throw new UsageException($"--within {text}: expected a duration such as 30d");
        }

        long asOf = TableInput.Time(parsed.GetValue(AsOf), ZoneTable.Utc, "--as-of")
            ?? TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var labels = new LogLabels(within, asOf);
        LabelFile.Read(console, file, (label, parsed.GetValue(Known)), renames, format, labels);
        return labels;
    }
}
