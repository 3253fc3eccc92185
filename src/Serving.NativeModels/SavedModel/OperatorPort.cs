using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>One input or output of an operator: a tensor, or as many as an attribute of the node says.</summary>
/// <param name="Name">Name of an output; empty of inputs.</param>
/// <param name="Attribute">The attribute that says how many; empty: one tensor.</param>
/// <param name="IsList">Whether that is a list, whose length counts.</param>
/// <param name="CountByDefault">How many where the node has no such attribute; -1: it must have it.</param>
internal readonly record struct OperatorPort(string Name, string Attribute, bool IsList, int CountByDefault)
{
    private const int TensorsMax = 1 << 20;

    /// <summary>How many tensors a node has here; -1 where its attributes do not say.</summary>
    public int CountOf(NodeDef node)
    {
        if (Attribute.Length == 0)
        {
            return 1;
        }

        if (!node.Attr.TryGetValue(Attribute, out AttrValue? value))
        {
            return CountByDefault;
        }

        return value.ValueCase switch
        {
            AttrValue.ValueOneofCase.I when !IsList && value.I is >= 0 and <= TensorsMax => (int)value.I,
            AttrValue.ValueOneofCase.List when IsList => value.List.Type.Count,
            _ => -1,
        };
    }

    /// <summary>Reads <c>1</c>, <c>NAME</c>, <c>=ATTR?N</c> and the like.</summary>
    public static OperatorPort Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            return new OperatorPort(text, "", IsList: false, 1);
        }

        string attribute = text[(equals + 1)..];
        int mark = attribute.IndexOf('?', StringComparison.Ordinal);
        int byDefault = mark < 0 ? -1 : int.Parse(attribute.AsSpan(mark + 1));
        attribute = mark < 0 ? attribute : attribute[..mark];
        bool isList = attribute.StartsWith('*');
        return new OperatorPort(text[..equals], isList ? attribute[1..] : attribute, isList, byDefault);
    }
}
