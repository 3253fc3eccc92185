using System.CommandLine;

namespace Serving.Cli.CommandLine;

/// <summary>Options and arguments that several commands take, each made anew for its command.</summary>
internal static class SharedOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document." };

    public static Argument<string> Script() => new("SCRIPT") { Description = "The feature script." };

    public static Option<string[]> Data() => new("--data")
    {
        Description = "EVENT=FILE: rows of an event (.csv .tsv .jsonl, each maybe .gz; .parquet; - is stdin).",
        AllowMultipleArgumentsPerToken = false,
    };

    public static Option<string[]> Rename() => new("--rename")
    {
        Description = "FIELD=COLUMN, FIELD=@row (numbers from 1) or FIELD=@VALUE (a constant); "
            + "EVENT.FIELD=... for one event.",
    };

    public static Option<string?> Format() => new("--format")
    {
        Description = "Format of - or of an unusual name: csv, tsv, jsonl, parquet.",
    };

    public static Option<string?> Keep() => new("--keep")
    {
        Description = "COL,...: columns of the input copied behind the results.",
    };

    public static Option<string?> From() => new("--from")
    {
        Description = "First time of a request row: ISO 8601 or ms since 1970.",
    };

    public static Option<string?> Until() => new("--until") { Description = "Request rows before this time." };

    public static Option<string?> Statistics() => new("--statistics")
    {
        Description = "Fitted statistics (features fit).",
    };

    public static Option<string> Out(string description) => new("--out", "-o")
    {
        Description = description,
        Required = true,
    };

    public static Option<int> Threads() => new("--threads")
    {
        Description = "Threads; 0 takes one for each core.",
        DefaultValueFactory = _ => 0,
    };

    public static Option<string?> Memory() => new("--memory")
    {
        Description = "Memory for sorting rows and looking up labels (default 2GiB); more goes to temporary files. "
            + "For fitting, also that of distinct values (default 4GiB); beyond it quantiles are approximate.",
    };
}
