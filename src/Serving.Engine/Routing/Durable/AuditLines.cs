using Microsoft.Win32.SafeHandles;

namespace Serving.Engine.Routing.Durable;

/// <summary>The lines of a file in order, read piece by piece.</summary>
internal static class AuditLines
{
    private const int PieceBytes = 1 << 16;

    /// <summary>
    /// The lines from an offset on, without their newline, with the offset behind each; a last piece without a newline
    /// is no line. A line longer than a line can be ends the reading as a piece that is none.
    /// </summary>
    public static IEnumerable<(ReadOnlyMemory<byte> Line, long End)> Read(SafeFileHandle file, long offset)
    {
        byte[] bytes = new byte[PieceBytes];
        int count = 0;
        int start = 0;
        long read = offset;
        while (true)
        {
            int newline = bytes.AsSpan(start, count - start).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                yield return (bytes.AsMemory(start, newline), read - count + start + newline + 1);
                start += newline + 1;
                continue;
            }

            // The rest of a line begins the next piece.
            bytes.AsSpan(start, count - start).CopyTo(bytes);
            count -= start;
            start = 0;
            if (count == bytes.Length)
            {
                if (count >= AuditLine.BytesMax)
                {
                    yield break;
                }

                Array.Resize(ref bytes, bytes.Length * 2);
            }

            int more = RandomAccess.Read(file, bytes.AsSpan(count), read);
            if (more == 0)
            {
                yield break;
            }

            count += more;
            read += more;
        }
    }
}
