using System.Runtime.InteropServices;

namespace Serving.Tables.Files;

/// <summary>Whole records in a buffer.</summary>
/// <param name="Length">Bytes in use.</param>
/// <param name="FirstRow">Number of the first record in its file, from 1, the header not counted.</param>
/// <param name="FirstLine">Number of the first line in its file, from 1.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TextPiece(int Length, long FirstRow, long FirstLine);
