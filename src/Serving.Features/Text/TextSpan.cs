namespace Serving.Features.Text;

/// <summary>A place in a script: UTF-16 start and length in <see cref="SourceText.Text"/>.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct TextSpan(int Start, int Length)
{
    public int End => Start + Length;

    /// <summary>The smallest span that holds both.</summary>
    public TextSpan To(TextSpan other) => new(Start, Math.Max(End, other.End) - Start);
}
