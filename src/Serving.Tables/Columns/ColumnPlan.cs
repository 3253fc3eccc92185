using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Serving.Data.Cells;

namespace Serving.Tables.Columns;

/// <summary>
/// Which column of a file goes to which field, and which fields get row numbers or constants. Immutable after
/// <see cref="BindTo"/> and safe for use by several threads.
/// </summary>
internal sealed class ColumnPlan
{
    private const int NamesInNoticeMax = 8;
    private static readonly FieldType s_keptType = new(ValueKind.String, true);

    private readonly RowReaderOptions _options;

    public ColumnPlan(string path, RowSchema schema, RowReaderOptions options)
    {
        Path = path == TableFormats.StandardStream ? "stdin" : System.IO.Path.GetFileName(path);
        Schema = schema;
        _options = options;
        Bindings = [.. schema.Fields.Select(field => FieldBinding.Of(field.Name, options.Renames))];
        KeptSchema = options.Keep.IsEmpty
            ? null
            : new RowSchema("kept", [.. options.Keep.Distinct().Select(name => new Field(name, s_keptType))]);
        CheckGenerated();
    }

    /// <summary>The file's name in messages.</summary>
    public string Path { get; }

    public RowSchema Schema { get; }

    public RowSchema? KeptSchema { get; }

    /// <summary>Origin of each field.</summary>
    public ImmutableArray<FieldBinding> Bindings { get; }

    /// <summary>Columns of the file, in its order.</summary>
    public ImmutableArray<string> Columns { get; private set; } = [];

    /// <summary>Targets in the order of columns; a column may have several or none.</summary>
    public ColumnTarget[] Targets { get; private set; } = [];

    /// <summary>Targets of column c are <c>Targets[Starts[c] .. Starts[c + 1]]</c>; [columns + 1].</summary>
    public int[] Starts { get; private set; } = [0];

    /// <summary>
    /// Binds to the columns of a file: refuses double names and missing columns of fields that are not optional, and
    /// tells once of columns that nobody reads. A field that the user renamed must be there even if it is optional.
    /// </summary>
    /// <exception cref="InputException">The columns do not fit; holds all problems.</exception>
    public void BindTo(ImmutableArray<string> columns)
    {
        Columns = columns;
        var problems = new ProblemList();
        var placeOf = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int column = 0; column < columns.Length; column++)
        {
            if (!placeOf.TryAdd(columns[column], column))
            {
                problems.Add(new InputProblem(
                    Path, $"the column '{columns[column]}' at places {placeOf[columns[column]] + 1} and {column + 1}",
                    "every column name once", "rename one of them"));
            }
        }

        var targets = new List<ColumnTarget>();
        BindFields(placeOf, targets, problems);
        BindKept(placeOf, targets, problems);
        problems.ThrowIfAny();
        Targets = [.. targets.OrderBy(target => target.Column)];
        Starts = new int[columns.Length + 1];
        for (int column = 0; column < columns.Length; column++)
        {
            Starts[column + 1] = Starts[column] + Targets.Count(target => target.Column == column);
        }

        TellIgnored();
    }

    /// <summary>Tells once of columns that nobody reads.</summary>
    public void TellIgnored(IReadOnlyList<string> names)
    {
        if (names.Count > 0 && _options.Notice is { } notice)
        {
            string more = names.Count > NamesInNoticeMax ? $" and {names.Count - NamesInNoticeMax} more" : "";
            notice($"{Path}: ignored {names.Count} columns that '{Schema.Name}' does not declare: "
                + string.Join(", ", names.Take(NamesInNoticeMax)) + more);
        }
    }

    private void BindFields(Dictionary<string, int> placeOf, List<ColumnTarget> targets, ProblemList problems)
    {
        for (int index = 0; index < Bindings.Length; index++)
        {
            Field field = Schema.Fields[index];
            FieldBinding binding = Bindings[index];
            if (binding.Origin != ColumnOrigin.Column)
            {
                continue;
            }

            if (placeOf.TryGetValue(binding.Name, out int column))
            {
                targets.Add(new ColumnTarget(column, index, false, field.Type));
            }
            else if (!field.Type.Optional || binding.Name != field.Name)
            {
                problems.Add(new InputProblem(
                    Path, "no column '" + binding.Name + "'",
                    $"the field '{field.Name}' ({field.Type}) of '{Schema.Name}'",
                    $"columns are {Shorten(string.Join(", ", Columns))}; map one with --rename {field.Name}=COLUMN"));
            }
        }
    }

    private void BindKept(Dictionary<string, int> placeOf, List<ColumnTarget> targets, ProblemList problems)
    {
        for (int index = 0; index < (KeptSchema?.Fields.Length ?? 0); index++)
        {
            string name = KeptSchema!.Fields[index].Name;
            if (placeOf.TryGetValue(name, out int column))
            {
                targets.Add(new ColumnTarget(column, index, true, s_keptType));
            }
            else
            {
                problems.Add(new InputProblem(
                    Path, $"no column '{name}'", "the column to keep",
                    $"columns are {Shorten(string.Join(", ", Columns))}"));
            }
        }
    }

    private void TellIgnored()
    {
        var ignored = new List<string>();
        for (int column = 0; column < Columns.Length; column++)
        {
            if (Starts[column] == Starts[column + 1])
            {
                ignored.Add(Columns[column]);
            }
        }

        TellIgnored(ignored);
    }

    // Constants and row numbers are checked before a file is opened: they are wrong in every row or in none.
    private void CheckGenerated()
    {
        var problems = new ProblemList();
        var reader = new CellReader(_options.Zone);
        var rows = new RowBatch(Schema);
        rows.AddRow();
        for (int index = 0; index < Bindings.Length; index++)
        {
            Field field = Schema.Fields[index];
            string place = $"--rename {field.Name}";
            if (Bindings[index].Origin == ColumnOrigin.RowNumber
                && field.Type.Kind is not (ValueKind.Int or ValueKind.String))
            {
                problems.Add(new InputProblem(
                    place, "@row", field.Type.ToString(), "only int and string take row numbers"));
            }
            else if (Bindings[index].Origin == ColumnOrigin.Constant)
            {
                byte[] text = Encoding.UTF8.GetBytes(Bindings[index].Name);
                CellFault fault = reader.Read(text, field.Type, rows, 0, index);
                if (fault != CellFault.None)
                {
                    problems.Add(new InputProblem(
                        place, CellProblems.Quote(text), CellFaultText.Expected(fault, field.Type),
                        CellFaultText.Advice(fault, field.Type)));
                }
            }
        }

        problems.ThrowIfAny();
    }

    private static string Shorten(string text) =>
        text.Length <= 400 ? text : string.Concat(text.AsSpan(0, 400), " ...");
}
