namespace Serving.Engine.Tensors.Mapping;

/// <summary>A number of a feature column: its value, or its missing bit. Immutable.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="IsMissingBit">Whether it is 1 where the column is missing, else 0 (<c>NAME?</c>).</param>
internal readonly record struct MappedColumn(string Name, bool IsMissingBit)
{
    private const char BitMark = '?';

    /// <summary>As the mapping spells it.</summary>
    public string Text => IsMissingBit ? Name + BitMark : Name;

    /// <summary>Reads it as the mapping spells it; names of columns hold no question mark.</summary>
    public static MappedColumn Parse(string text) =>
        text.EndsWith(BitMark) ? new MappedColumn(text[..^1], true) : new MappedColumn(text, false);
}
