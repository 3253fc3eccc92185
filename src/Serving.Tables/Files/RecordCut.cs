using System.Runtime.InteropServices;

namespace Serving.Tables.Files;

/// <summary>Where whole records end in a piece of text.</summary>
/// <param name="End">Bytes of the whole records; 0 when not even one is whole.</param>
/// <param name="Records">How many records they are, without blank lines.</param>
/// <param name="Lines">How many line ends they hold.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RecordCut(int End, int Records, int Lines);
