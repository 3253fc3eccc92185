namespace Serving.Features.Text;

/// <summary>Decodes a script's bytes (R108): UTF-8 without a byte order mark, of bounded size.</summary>
internal static class ScriptReader
{
    public static SourceText Read(ReadOnlyMemory<byte> utf8, string path, out DiagnosticBag diagnostics)
    {
        ReadOnlySpan<byte> bytes = utf8.Length > SourceText.BytesMax ? [] : utf8.Span;
        SourceText source = SourceText.Decode(bytes, path, out int damagedAt);
        diagnostics = new DiagnosticBag(source);
        if (utf8.Length > SourceText.BytesMax)
        {
            diagnostics.ScriptTooLong(utf8.Length);
        }
        else if (damagedAt >= 0)
        {
            diagnostics.InvalidUtf8(damagedAt);
        }
        else if (bytes.StartsWith("\uFEFF"u8))
        {
            diagnostics.ByteOrderMark();
        }

        return source;
    }
}
