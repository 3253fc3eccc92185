using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Engine.Pipeline;

/// <summary>
/// What a request may say to one version of a model, at one moment: the fields that are published, the fields that
/// are passed over, and the schemas of the other Ready versions, whose clients may still be sending. Immutable and safe
/// for use by several threads.
/// </summary>
/// <remarks>
/// A place is an index into <see cref="Rows"/>, the schema of the batch that a caller fills. The fields that an
/// expression label reads stand in <see cref="Rows"/> (the script counts them), not in <see cref="Published"/>, and a
/// request that sends them by name is passed over (R57).
/// </remarks>
public sealed class RequestSchema
{
    /// <summary>The field is known and passed over: it belongs to the label, or to another Ready version.</summary>
    public const int Ignored = -1;

    /// <summary>Nobody knows the field: the request is refused and the field named.</summary>
    public const int Unknown = -2;

    private readonly Utf8NameTable _names;

    // Place of each name of the table, or Ignored.
    private readonly int[] _places;

    // Maps of the Ready versions' published schemas: _maps[i][j] is the place of field j of the schema _hashes[i].
    private readonly ulong[] _hashes;
    private readonly int[][] _maps;

    private readonly bool[] _required;

    // Fields of the version itself; what stands behind them is for the windows of others.
    private readonly int _ownCount;

    /// <summary>Makes the schema of one version beside the other Ready versions' published schemas.</summary>
    /// <param name="rows">The fields of the batch that is evaluated.</param>
    /// <param name="labelFields">Places that are never published (R57).</param>
    /// <param name="others">Published schemas of the model's other Ready versions.</param>
    public RequestSchema(RowSchema rows, ImmutableArray<int> labelFields, IReadOnlyList<RowSchema> others)
        : this(rows, labelFields, others, [])
    {
    }

    /// <summary>
    /// The same with fields behind the version's own that only windows of other versions of its set need.
    /// </summary>
    internal RequestSchema(
        RowSchema rows, ImmutableArray<int> labelFields, IReadOnlyList<RowSchema> others, ImmutableArray<Field> fed)
    {
        Rows = fed.IsEmpty ? rows : new RowSchema(rows.Name, [.. rows.Fields, .. fed]);
        _ownCount = rows.Fields.Length;
        var published = Enumerable.Range(0, rows.Fields.Length).Where(place => !labelFields.Contains(place)).ToArray();
        Published = new RowSchema(rows.Name, [.. published.Select(place => rows.Fields[place])]);
        _required = new bool[Rows.Fields.Length];
        foreach (int place in published)
        {
            _required[place] = !rows.Fields[place].Type.Optional;
        }

        string[] names = [.. Rows.Fields.Select(field => field.Name)
            .Concat(others.SelectMany(other => other.Fields.Select(field => field.Name))).Distinct()];
        _names = new Utf8NameTable(names);
        _places = [.. names.Select(PlaceOfName)];

        RowSchema[] schemas = [Published, .. others];
        _hashes = [.. schemas.Select(schema => schema.Hash)];
        _maps = [.. schemas.Select(schema => schema.Fields.Select(field => PlaceOfName(field.Name)).ToArray())];
    }

    /// <summary>
    /// The fields of the batch to fill: those of the script's request event, or of the model without a script; behind
    /// them those that only windows of other versions need.
    /// </summary>
    public RowSchema Rows { get; }

    /// <summary>
    /// The fields that clients see, in the script's order without the label's; its hash is the schema's hash.
    /// </summary>
    public RowSchema Published { get; }

    /// <summary>
    /// Where a field goes: its place in <see cref="Rows"/>, or <see cref="Ignored"/>, or <see cref="Unknown"/>.
    /// Allocates nothing.
    /// </summary>
    [HotPath]
    public int PlaceOf(ReadOnlySpan<byte> utf8Name)
    {
        int index = _names.IndexOf(utf8Name);
        return index < 0 ? Unknown : _places[index];
    }

    /// <summary>
    /// Where values by index go: for each field of the schema that <paramref name="hash"/> names its place in
    /// <see cref="Rows"/>, or <see cref="Ignored"/>. False when no Ready version has such a schema. Allocates nothing.
    /// </summary>
    [HotPath]
    public bool TryPlacesOf(ulong hash, out ReadOnlySpan<int> places)
    {
        for (int index = 0; index < _hashes.Length; index++)
        {
            if (_hashes[index] == hash)
            {
                places = _maps[index];
                return true;
            }
        }

        places = default;
        return false;
    }

    /// <summary>Whether a request must give this place a value.</summary>
    internal bool IsRequired(int place) => _required[place];

    /// <summary>Whether a request can give this place a value: it is published, or fed to other versions.</summary>
    internal bool IsSaid(int place) =>
        place >= _ownCount || (place >= 0 && Published.IndexOf(Rows.Fields[place].Name) >= 0);

    private int PlaceOfName(string name)
    {
        int place = Rows.IndexOf(name);
        return IsSaid(place) ? place : Ignored;
    }
}
