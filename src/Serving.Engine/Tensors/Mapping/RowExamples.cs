using Serving.Data;
using Serving.Data.Tensors;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>
/// Writes rows as serialized <c>tf.Example</c> messages (tensorflow/core/example/example.proto). Not safe for use by
/// several threads.
/// </summary>
internal sealed class RowExamples
{
    private readonly TensorExample _example = new();
    private readonly string[] _names;
    private readonly FillPlan[] _plans;

    /// <summary>Makes the writer of an input's features.</summary>
    public RowExamples(string[] names, FillPlan[] plans)
    {
        _names = names;
        _plans = plans;
    }

    /// <summary>Adds a message for each row to a text tensor.</summary>
    public void Write(FeatureBatch batch, int first, int rows, TensorBuffer target)
    {
        for (int row = first; row < first + rows; row++)
        {
            _example.Begin();
            for (int feature = 0; feature < _plans.Length; feature++)
            {
                _example.BeginFeature(_plans[feature].Type);
                WriteFeature(batch, row, _plans[feature]);
                _example.EndFeature(_names[feature]);
            }

            target.AddText(_example.End());
        }
    }

    private void WriteFeature(FeatureBatch batch, int row, FillPlan plan)
    {
        if (plan.HasIdColumn)
        {
            WriteIds(batch.RowIds(row, plan.Places[0]), plan);
            return;
        }

        ReadOnlySpan<double> dense = batch.DenseRow(row);
        for (int index = 0; index < plan.Places.Length; index++)
        {
            double value = dense[plan.Places[index]];
            bool isMissing = double.IsNaN(value);
            Add(plan.Type, plan.AreBits[index] ? (isMissing ? 1 : 0) : isMissing ? 0 : value);
        }
    }

    private void WriteIds(ReadOnlySpan<uint> ids, FillPlan plan)
    {
        int width = plan.Width == 0 ? ids.Length : plan.Width;
        for (int index = 0; index < width; index++)
        {
            Add(plan.Type, index < ids.Length ? ids[index] : plan.Pad);
        }
    }

    private void Add(TensorType type, double value)
    {
        if (type == TensorType.Float32)
        {
            _example.AddFloat(Math.Clamp((float)value, float.MinValue, float.MaxValue));
        }
        else
        {
            _example.AddInteger((long)value);
        }
    }
}
