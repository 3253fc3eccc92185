namespace Serving.NativeModels.SavedModel;

/// <summary>A node's input as written: <c>node</c>, <c>node:1</c>, <c>node:output:1</c>, <c>^node</c>.</summary>
/// <param name="Node">Name of the node, or of a function's argument.</param>
/// <param name="Output">Named output; empty where there is none.</param>
/// <param name="Index">Place among the outputs, or within the named one.</param>
/// <param name="IsControl">Whether it orders nodes and carries no tensor.</param>
internal readonly record struct TensorName(string Node, string Output, int Index, bool IsControl)
{
    /// <summary>Reads an input; false where it is written in no such way.</summary>
    public static bool TryParse(string text, out TensorName name)
    {
        name = default;
        if (text.StartsWith('^'))
        {
            name = new TensorName(text[1..], "", 0, IsControl: true);
            return text.Length > 1;
        }

        int first = text.IndexOf(':', StringComparison.Ordinal);
        if (first < 0)
        {
            name = new TensorName(text, "", 0, IsControl: false);
            return text.Length > 0;
        }

        int last = text.LastIndexOf(':');
        bool isIndexed = TryIndex(text.AsSpan(last + 1), out int index);
        if (!isIndexed && last != first)
        {
            return false;
        }

        // `node:output` without an index is a function's way to name its only tensor.
        string output = isIndexed
            ? last == first ? "" : text[(first + 1)..last]
            : text[(first + 1)..];
        name = new TensorName(text[..first], output, index, IsControl: false);
        return first > 0 && (isIndexed || output.Length > 0);
    }

    private static bool TryIndex(ReadOnlySpan<char> text, out int index) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, provider: null, out index);
}
