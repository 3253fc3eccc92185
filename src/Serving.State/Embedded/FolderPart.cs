using Microsoft.Win32.SafeHandles;

namespace Serving.State.Embedded;

/// <summary>An open file of a folder.</summary>
/// <param name="Sequence">The sequence in its name.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Handle">The file, to be read.</param>
internal sealed record FolderPart(ulong Sequence, string Path, SafeFileHandle Handle);
