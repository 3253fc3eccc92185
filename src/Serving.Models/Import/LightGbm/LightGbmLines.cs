namespace Serving.Models.Import.LightGbm;

/// <summary>The lines of a model file, with either line end.</summary>
internal ref struct LightGbmLines(ReadOnlySpan<byte> file)
{
    public ReadOnlySpan<byte> File { get; } = file;

    /// <summary>Byte at which the next line begins.</summary>
    public int Position { get; private set; }

    /// <summary>The next line without its end; false at the end of the file.</summary>
    public readonly bool Peek(out ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = File[Position..];
        int end = rest.IndexOf((byte)'\n');
        line = (end < 0 ? rest : rest[..end]).TrimEnd((byte)'\r');
        return rest.Length > 0;
    }

    /// <summary>Passes over the next line.</summary>
    public void Take()
    {
        int end = File[Position..].IndexOf((byte)'\n');
        Position = end < 0 ? File.Length : Position + end + 1;
    }
}
