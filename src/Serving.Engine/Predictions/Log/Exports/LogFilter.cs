namespace Serving.Engine.Predictions.Log.Exports;

/// <summary>Which records are exported. Immutable.</summary>
public sealed record LogFilter
{
    /// <summary>Answers of this model alone; null: all records.</summary>
    public string? Model { get; init; }

    /// <summary>Records written from this moment on, ms since 1970.</summary>
    public long From { get; init; } = long.MinValue;

    /// <summary>Records written before this moment.</summary>
    public long Until { get; init; } = long.MaxValue;

    /// <summary>Whether a record is one of them.</summary>
    internal bool Takes(LogRecord record) => record.At >= From && record.At < Until
        && (Model is null || (record.Kind == LogFrameKind.Answer && record.Schema!.Model == Model));
}
