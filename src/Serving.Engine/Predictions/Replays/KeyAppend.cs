namespace Serving.Engine.Predictions.Replays;

/// <summary>A record that a request or an ingested event brought to one key.</summary>
/// <param name="Record">Its bytes, as the codec of the log writes them.</param>
/// <param name="Known">When it became known, ms since 1970.</param>
/// <param name="Line">The line that tells of it; null for history before the records.</param>
internal sealed record KeyAppend(byte[] Record, long Known, RecordLine? Line);
