using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Emit;
using Serving.Features.Evaluation;

namespace Serving.Features;

/// <summary>
/// A script with its statistics, ready to evaluate rows: pure, total, and the same bits on every machine. Immutable and
/// safe for use by several threads, each with a frame of its own.
/// </summary>
public abstract class FeatureProgram
{
    /// <summary>The script.</summary>
    public abstract FeatureScript Script { get; }

    /// <summary>The encoded columns in script order, family members in family order.</summary>
    public abstract ImmutableArray<FeatureColumn> Columns { get; }

    /// <summary>
    /// The columns before their encoders (R95), the ones of <c>features run --raw</c>, without the id.
    /// </summary>
    public abstract RowSchema RawSchema { get; }

    /// <summary>For each of <see cref="Columns"/> the place in <see cref="RawSchema"/> of what it encodes.</summary>
    public abstract ImmutableArray<int> RawPlaces { get; }

    /// <summary>Makes the compiled program.</summary>
    /// <exception cref="InputException">The statistics are missing or belong to another script.</exception>
    public static FeatureProgram Create(FeatureScript script, FittedStatistics? statistics)
    {
        StatisticsCheck.Check(script, statistics);
        return CompiledProgram.Compile(script, statistics);
    }

    /// <summary>Makes the reference interpreter of the same meaning: slow, the oracle of every test.</summary>
    /// <exception cref="InputException">The statistics are missing or belong to another script.</exception>
    public static FeatureProgram CreateInterpreter(FeatureScript script, FittedStatistics? statistics)
    {
        StatisticsCheck.Check(script, statistics);
        return new InterpretedProgram(script, script.Bound, statistics);
    }

    /// <summary>Makes the scratch memory of one evaluating thread.</summary>
    public abstract FeatureFrame CreateFrame();

    /// <summary>Makes what encodes values of <see cref="RawSchema"/> that were computed before.</summary>
    public abstract RawEncoder CreateRawEncoder();

    /// <summary>Evaluates all rows of a script without windows.</summary>
    /// <inheritdoc cref="Evaluate(RowBatch, WindowValues?, FeatureLayout, FeatureBatch, FeatureFrame, RowBatch?)"/>
    public void Evaluate(
        RowBatch rows, FeatureLayout layout, FeatureBatch features, FeatureFrame frame, RowBatch? raw = null) =>
        Evaluate(rows, null, layout, features, frame, raw);

    /// <summary>
    /// Evaluates all rows. <paramref name="features"/> is reset to the layout; <paramref name="raw"/> (optional, of
    /// <see cref="RawSchema"/>) receives the values before encoders, one row for each. Allocates nothing after warm-up.
    /// </summary>
    /// <param name="rows">The request rows.</param>
    /// <param name="windows">
    /// The window values of the same rows. Null where the script reads none, or where the rows hold them behind the
    /// request's own fields (<see cref="JoinedRows"/>).
    /// </param>
    /// <param name="layout">Where columns go.</param>
    /// <param name="features">Receives the encoded values.</param>
    /// <param name="frame">Scratch memory of the calling thread.</param>
    /// <param name="raw">Receives the values before encoders.</param>
    /// <exception cref="ArgumentException">The script reads windows and there are no values of them.</exception>
    public abstract void Evaluate(
        RowBatch rows,
        WindowValues? windows,
        FeatureLayout layout,
        FeatureBatch features,
        FeatureFrame frame,
        RowBatch? raw = null);

    /// <summary>Refuses rows without the window values that the script reads.</summary>
    private protected void RequireWindows(RowBatch rows, WindowValues? windows)
    {
        int values = Script.Windows.Values.Fields.Length;
        bool complete = windows is null
            ? values == 0 || rows.FieldCount >= Script.Request.Fields.Length + values
            : windows.Rows.FieldCount == values && windows.Rows.RowCount >= rows.RowCount;
        if (!complete)
        {
            throw new ArgumentException($"script {Script.Name} reads windows, and their values are not given");
        }
    }
}
