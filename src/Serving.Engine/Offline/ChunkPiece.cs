using Serving.Data;

namespace Serving.Engine.Offline;

/// <summary>What became of one chunk: formatted rows, or its problems.</summary>
/// <param name="RowsRead">Rows parsed.</param>
/// <param name="Formatted">Rows to write, or null.</param>
/// <param name="Problems">Why there are none, or null.</param>
internal sealed record ChunkPiece(int RowsRead, IFormattedRows? Formatted, InputException? Problems);
