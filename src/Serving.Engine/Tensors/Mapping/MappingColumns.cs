using System.Collections.Immutable;
using Serving.Data;
using Serving.Features;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>The columns that a script gives, as a mapping sees them. Immutable.</summary>
internal sealed class MappingColumns
{
    private const int ListedMax = 40;

    // Ids of a bool feature without an encoder: 0 missing, 2 false, 3 true.
    private const uint BoolSize = 4;

    private readonly ImmutableArray<FeatureColumn> _columns;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly HashSet<string> _bools = new(StringComparer.Ordinal);

    private MappingColumns(ImmutableArray<FeatureColumn> columns)
    {
        _columns = columns;
        for (int place = 0; place < columns.Length; place++)
        {
            _places[columns[place].Name] = place;
        }
    }

    /// <summary>The columns in their order.</summary>
    public ImmutableArray<FeatureColumn> All => _columns;

    /// <summary>Names, for messages.</summary>
    public string Listed => string.Join(", ", _columns.Take(ListedMax).Select(column => column.Name))
        + (_columns.Length > ListedMax ? $" ... ({_columns.Length})" : $" ({_columns.Length})");

    /// <summary>The columns of a script with its statistics.</summary>
    public static MappingColumns Of(FeatureScript script, FittedStatistics? statistics)
    {
        FeatureProgram program = FeatureProgram.CreateInterpreter(script, statistics);
        var columns = new MappingColumns(program.Columns);
        for (int place = 0; place < program.Columns.Length; place++)
        {
            FeatureColumn column = program.Columns[place];
            if (column is { IsDiscrete: true, Size: BoolSize }
                && program.RawSchema.Fields[program.RawPlaces[place]].Type.Kind == ValueKind.Bool)
            {
                columns._bools.Add(column.Name);
            }
        }

        return columns;
    }

    /// <summary>A column by its name; null where there is none.</summary>
    public FeatureColumn? Find(string name) => _places.TryGetValue(name, out int place) ? _columns[place] : null;

    /// <summary>Whether a column is a bool of the request or of an expression, without an encoder.</summary>
    public bool IsBool(string name) => _bools.Contains(name);
}
