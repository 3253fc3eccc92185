namespace Serving.Data.Windows;

/// <summary>
/// The events of a log that a window call counts, and of which value: those whose <paramref name="Where"/> column is
/// true and whose <paramref name="Argument"/> column is present (R32, R36).
/// </summary>
/// <param name="Argument">Place of the argument in the log's columns; -1 without one.</param>
/// <param name="Where">Place of a bool column that is never missing; -1 where every event counts.</param>
/// <param name="Parts">What tiles hold of it.</param>
public sealed record LogMeasure(int Argument, int Where, MeasureParts Parts);
