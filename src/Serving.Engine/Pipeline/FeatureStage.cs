using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features;

namespace Serving.Engine.Pipeline;

/// <summary>
/// The step from a request's rows to a model's inputs. Immutable and safe for use by several threads, each with a frame
/// of its own.
/// </summary>
internal abstract class FeatureStage
{
    /// <summary>The rows that it reads.</summary>
    public abstract RowSchema Rows { get; }

    /// <summary>Places in <see cref="Rows"/> that only the label reads.</summary>
    public abstract ImmutableArray<int> LabelFields { get; }

    /// <summary>The values before encoders.</summary>
    public abstract RowSchema RawSchema { get; }

    /// <summary>Places in <see cref="RawSchema"/> of what the model reads.</summary>
    public abstract ImmutableArray<int> UsedRaw { get; }

    /// <summary>Scratch memory of one evaluating thread, or null where none is needed.</summary>
    public abstract FeatureFrame? CreateFrame();

    /// <summary>
    /// Fills the model's inputs. Returns the place of a row that the model cannot take and its field, or -1: a script
    /// gives a value for everything. Window values of the same rows are given where the script reads any.
    /// </summary>
    public abstract (int Row, int Field) Evaluate(
        RowBatch rows, WindowValues? windows, FeatureBatch features, FeatureFrame? frame, RowBatch? raw);

    /// <summary>
    /// Fills the model's inputs from one row of values before encoders that were computed before: for answers whose
    /// request or state is gone. Slow.
    /// </summary>
    public abstract void Encode(RowBatch raw, int row, bool isStateMissing, FeatureBatch features);
}
