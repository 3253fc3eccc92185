namespace Serving.Engine.Predictions.Replays;

/// <summary>Bytes between two lengths of a blob, which one access appended.</summary>
/// <param name="Start">Length before.</param>
/// <param name="End">Length behind.</param>
/// <param name="Append">What was appended.</param>
internal sealed record BlobPiece(int Start, int End, KeyAppend Append);
