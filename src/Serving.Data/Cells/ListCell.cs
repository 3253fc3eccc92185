using System.Buffers;

namespace Serving.Data.Cells;

/// <summary>
/// Text of lists: a JSON array of scalars. Numbers and bools stand bare, or as strings with the text of a cell; strings
/// and times as JSON strings (times as integers too). Elements are never missing (R74, R93).
/// </summary>
internal static class ListCell
{
    private static readonly SearchValues<byte> s_elementEnds = SearchValues.Create(",] \t\r\n"u8);
    private static readonly SearchValues<byte> s_numberBytes = SearchValues.Create("0123456789+-.eE"u8);

    /// <summary>Reads a list into a slot. On a fault the slot stays as it was.</summary>
    /// <param name="text">The whole cell.</param>
    /// <param name="type">The list's type.</param>
    /// <param name="reader">Reads the elements.</param>
    /// <param name="target">Where the list goes.</param>
    /// <param name="row">Row of the slot.</param>
    /// <param name="field">Field of the slot.</param>
    public static CellFault Read(
        ReadOnlySpan<byte> text, in FieldType type, CellReader reader, RowBatch target, int row, int field)
    {
        int at = SkipBlanks(text, 0);
        if (at == text.Length || text[at] != (byte)'[')
        {
            return CellFault.Malformed;
        }

        target.BeginList();
        at = SkipBlanks(text, at + 1);
        if (at < text.Length && text[at] == (byte)']')
        {
            return Close(text, at, target, row, field);
        }

        FieldType element = type.Element;
        while (at < text.Length)
        {
            int start = at;
            at = EndOfElement(text, at);
            CellFault fault = Element(text[start..at], element, reader, target);
            if (fault != CellFault.None)
            {
                return fault;
            }

            if (target.OpenListCount > type.ListMaximum)
            {
                return CellFault.ListTooLong;
            }

            at = SkipBlanks(text, at);
            if (at == text.Length || text[at] != (byte)',')
            {
                return at < text.Length && text[at] == (byte)']'
                    ? Close(text, at, target, row, field)
                    : CellFault.Malformed;
            }

            at = SkipBlanks(text, at + 1);
        }

        return CellFault.Malformed;
    }

    /// <summary>Appends a list as a JSON array without blanks (R91).</summary>
    public static void Write(Utf8Buffer output, in FieldType type, long slot, RowBatch rows)
    {
        FieldType element = type.Element;
        ReadOnlySpan<long> items = rows.Items.AsSpan(TextHandle.Offset(slot), TextHandle.Length(slot));
        output.Add((byte)'[');
        for (int index = 0; index < items.Length; index++)
        {
            if (index > 0)
            {
                output.Add((byte)',');
            }

            CellWriter.WriteJson(output, element, items[index], rows);
        }

        output.Add((byte)']');
    }

    private static CellFault Close(ReadOnlySpan<byte> text, int at, RowBatch target, int row, int field)
    {
        if (SkipBlanks(text, at + 1) != text.Length)
        {
            return CellFault.Malformed;
        }

        target.EndList(row, field);
        return CellFault.None;
    }

    private static int EndOfElement(ReadOnlySpan<byte> text, int at)
    {
        if (text[at] != (byte)'"')
        {
            int length = text[at..].IndexOfAny(s_elementEnds);
            return length < 0 ? text.Length : at + length;
        }

        for (at++; at < text.Length && text[at] != (byte)'"'; at++)
        {
            at += text[at] == (byte)'\\' ? 1 : 0;
        }

        return Math.Min(at + 1, text.Length);
    }

    private static CellFault Element(ReadOnlySpan<byte> token, in FieldType type, CellReader reader, RowBatch target)
    {
        if (token.SequenceEqual("null"u8))
        {
            return CellFault.ElementMissing;
        }

        bool isQuoted = token.Length >= 2 && token[0] == (byte)'"' && token[^1] == (byte)'"';
        if (!isQuoted && !IsBare(token, type.Kind))
        {
            return CellFault.Malformed;
        }

        long slot = 0;
        CellFault fault;
        if (isQuoted)
        {
            fault = reader.UnescapeJson(token[1..^1], out ReadOnlySpan<byte> inner);
            fault = fault == CellFault.None ? reader.ReadSlot(inner, type, target, out slot) : fault;
        }
        else
        {
            fault = reader.ReadSlot(token, type, target, out slot);
        }

        if (fault == CellFault.None)
        {
            target.AddItem(slot);
        }

        return fault;
    }

    // What JSON lets stand without quotes; the element's own reader judges the rest.
    private static bool IsBare(ReadOnlySpan<byte> token, ValueKind kind) => kind switch
    {
        ValueKind.String => false,
        ValueKind.Bool => true,
        _ => token.Length > 0 && token[0] != (byte)'+' && !token.ContainsAnyExcept(s_numberBytes),
    };

    private static int SkipBlanks(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            at++;
        }

        return at;
    }
}
