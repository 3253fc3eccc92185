using Serving.Data;

namespace Serving.Features.Fitting;

/// <summary>
/// Evaluates chosen expressions of a script while only some of its encoders are fitted. Immutable and safe for use by
/// several threads, each with a frame of its own.
/// </summary>
internal abstract class CellProgram
{
    /// <summary>Makes the scratch memory of one thread.</summary>
    public abstract FeatureFrame CreateFrame();

    /// <summary>
    /// Evaluates all rows. <paramref name="values"/> is cleared and receives one row for each and one field for each
    /// expression, in order; an id is an int there.
    /// </summary>
    public abstract void Evaluate(RowBatch rows, RowBatch values, FeatureFrame frame);
}
