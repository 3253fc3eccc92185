namespace Serving.Models.Import.Documents;

/// <summary>
/// A value of a JSON or UBJSON document. Arrays of numbers are one flat array, so that a document takes memory in
/// proportion to its bytes. Accessors refuse what is missing or of another kind, naming the place.
/// </summary>
internal sealed class DocumentNode
{
    private readonly Dictionary<string, DocumentNode>? _members;
    private readonly List<DocumentNode>? _items;
    private readonly double[]? _numbers;
    private readonly string? _text;
    private readonly double _number;

    private DocumentNode(
        DocumentKind kind,
        double number = 0,
        string? text = null,
        double[]? numbers = null,
        List<DocumentNode>? items = null,
        Dictionary<string, DocumentNode>? members = null)
    {
        Kind = kind;
        _number = number;
        _text = text;
        _numbers = numbers;
        _items = items;
        _members = members;
    }

    public static DocumentNode Null { get; } = new(DocumentKind.Null);

    public static DocumentNode True { get; } = new(DocumentKind.Bool, 1);

    public static DocumentNode False { get; } = new(DocumentKind.Bool);

    public DocumentKind Kind { get; }

    /// <summary>Names of an object's members, in their order.</summary>
    public IEnumerable<string> Names => _members?.Keys ?? Enumerable.Empty<string>();

    public static DocumentNode OfNumber(double value) => new(DocumentKind.Number, value);

    public static DocumentNode OfText(string value) => new(DocumentKind.Text, text: value);

    public static DocumentNode OfNumbers(double[] values) => new(DocumentKind.Numbers, numbers: values);

    public static DocumentNode OfList(List<DocumentNode> items) => new(DocumentKind.List, items: items);

    public static DocumentNode OfObject(Dictionary<string, DocumentNode> members) =>
        new(DocumentKind.Object, members: members);

    /// <summary>A member, or null where there is none.</summary>
    public DocumentNode? Find(string name, string place)
    {
        Require(DocumentKind.Object, place, "an object");
        return _members!.GetValueOrDefault(name);
    }

    /// <summary>A member that must be there.</summary>
    public DocumentNode Get(string name, string place) =>
        Find(name, place) ?? throw ImportProblem.Of(place, $"no {name}", $"an object with {name}");

    public string AsText(string place)
    {
        Require(DocumentKind.Text, place, "a text");
        return _text!;
    }

    public double AsNumber(string place)
    {
        Require(DocumentKind.Number, place, "a number");
        return _number;
    }

    /// <summary>An integer within bounds; XGBoost writes parameters as texts, so a text of digits is one too.</summary>
    public int AsInt(string place, int least, int most)
    {
        double value = Kind == DocumentKind.Text && int.TryParse(_text, out int parsed) ? parsed : AsNumber(place);
        if (value != Math.Floor(value) || value < least || value > most)
        {
            throw ImportProblem.Of(place, value.ToString(), $"an integer from {least} to {most}");
        }

        return (int)value;
    }

    /// <summary>An array of numbers; an empty list and a list of booleans are such arrays too.</summary>
    public double[] AsNumbers(string place)
    {
        if (Kind == DocumentKind.List
            && _items!.TrueForAll(item => item.Kind is DocumentKind.Bool or DocumentKind.Number))
        {
            return [.. _items.Select(item => item._number)];
        }

        Require(DocumentKind.Numbers, place, "an array of numbers");
        return _numbers!;
    }

    /// <summary>An array of anything.</summary>
    public IReadOnlyList<DocumentNode> AsList(string place)
    {
        if (Kind == DocumentKind.Numbers)
        {
            return [.. _numbers!.Select(OfNumber)];
        }

        Require(DocumentKind.List, place, "an array");
        return _items!;
    }

    private void Require(DocumentKind kind, string place, string expected)
    {
        if (Kind != kind)
        {
            throw ImportProblem.Of(place, Kind.ToString().ToLowerInvariant(), expected);
        }
    }
}
