using Serving.Data;
using Serving.Data.Numerics;
using Serving.Engine.Bundles;
using Serving.Engine.Pipeline;

namespace Serving.Engine.Decisions;

/// <summary>
/// The bundle's second model, which reads the request alone: its pipeline, and which of our fields fills which of its
/// own. Immutable and safe for use by several threads, each with a scratch of its own.
/// </summary>
internal sealed class RequestModel
{
    // For each field of its rows that of ours, or -1: its label's fields, which nobody sends.
    private readonly int[] _sources;
    private readonly RequestSchema _schema;

    private RequestModel(Bundle bundle, int[] sources)
    {
        Bundle = bundle;
        _sources = sources;
        _schema = new RequestSchema(bundle.Rows, bundle.Pipeline.LabelFields, []);
    }

    /// <summary>Its bundle.</summary>
    public Bundle Bundle { get; }

    /// <summary>Its steps from rows to scores.</summary>
    public ScoringPipeline Pipeline => Bundle.Pipeline;

    /// <summary>Fits a bundle under another one; null after noting every problem.</summary>
    /// <param name="bundle">The fallback.</param>
    /// <param name="rows">Our rows.</param>
    /// <param name="published">Our fields that clients send.</param>
    /// <param name="main">Our own pipeline.</param>
    /// <param name="problems">Receives what does not fit.</param>
    public static RequestModel? Create(
        Bundle bundle, RowSchema rows, RowSchema published, ScoringPipeline main, BundleProblems problems)
    {
        const string Place = "fallback";
        long before = problems.Count;
        if (bundle.Pipeline.Windows is not null)
        {
            problems.Add(Place, "a script with windows", "one that reads the request alone");
        }

        if (bundle.Tensors is not null)
        {
            problems.Add(Place, $"a {bundle.Manifest.ModelFormat} model", "one that answers without a native runtime");
        }

        if (bundle.Manifest.Fallback is not null)
        {
            problems.Add(Place, "a bundle that has a fallback of its own", "one without");
        }

        if (bundle.OutputCount != main.OutputCount || bundle.Pipeline.ScoreCount != main.ScoreCount)
        {
            problems.Add(Place, $"{bundle.OutputCount} outputs", $"{main.OutputCount}, as this model gives");
        }

        int[] sources = [.. Enumerable.Repeat(-1, bundle.Rows.Fields.Length)];
        foreach (Field field in bundle.Published.Fields)
        {
            int source = published.IndexOf(field.Name) < 0 ? -1 : rows.IndexOf(field.Name);
            if (source < 0 || !Fits(rows.Fields[source].Type, field.Type))
            {
                string found = source < 0 ? "no such field" : $"{rows.Fields[source].Type}";
                problems.Add($"{Place}, field '{field.Name}'", found, $"a request field of type {field.Type}");
            }

            sources[bundle.Rows.IndexOf(field.Name)] = source;
        }

        return problems.Count > before ? null : new RequestModel(bundle, sources);
    }

    /// <summary>Buffers of one thread.</summary>
    public RequestModelScratch CreateScratch() => new(this);

    /// <summary>Appends one of our rows; false where it lacks a field that this model requires.</summary>
    [HotPath]
    public bool TryTake(RowBatch ours, int row, RowBatch rows)
    {
        int taken = rows.AddRow();
        for (int field = 0; field < _sources.Length; field++)
        {
            int source = _sources[field];
            if (source < 0 || !ours.IsPresent(row, source))
            {
                if (_schema.IsRequired(field))
                {
                    rows.RemoveLastRow();
                    return false;
                }

                continue;
            }

            FieldType type = ours.Schema.Fields[source].Type;
            long slot = RowCopy.CopyOf(rows, ours, type, ours.Get(row, source));
            rows.Set(taken, field, rows.Schema.Fields[field].Type.Kind == ValueKind.Float ? AsFloat(type, slot) : slot);
        }

        return true;
    }

    // Numbers widen to a float, as on the wire; a shorter list fits a longer one.
    private static bool Fits(FieldType ours, FieldType wanted) =>
        ours.AsRequired() == wanted.AsRequired()
        || (wanted.Kind == ValueKind.Float && ours.Kind is ValueKind.Int or ValueKind.Decimal)
        || (wanted.Kind == ValueKind.List && ours.Kind == ValueKind.List
            && ours.ElementKind == wanted.ElementKind && ours.Scale == wanted.Scale
            && ours.ListMaximum <= wanted.ListMaximum);

    private static long AsFloat(FieldType type, long slot) => type.Kind switch
    {
        ValueKind.Int => BitConverter.DoubleToInt64Bits(slot),
        ValueKind.Decimal => BitConverter.DoubleToInt64Bits(DecimalConversion.ToDouble(slot, type.Scale)),
        _ => slot,
    };
}
