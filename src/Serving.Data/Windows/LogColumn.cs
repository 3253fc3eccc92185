namespace Serving.Data.Windows;

/// <summary>A value that every record of a keyed log holds, computed from the event when it arrives.</summary>
/// <param name="Text">The expression over the event's fields in canonical spelling: equal text, equal column.</param>
/// <param name="Type">Its type; an optional one may be missing in a record.</param>
public sealed record LogColumn(string Text, FieldType Type)
{
    /// <summary>The expression as a script writes it, for people; no other column of its log has the same.</summary>
    public string Shown { get; init; } = Text;
}
