using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>
/// Writes rows as serialized <c>tf.Example</c> messages (tensorflow/core/example/example.proto). Immutable and safe for
/// use by several threads; allocates the message's buffers for each call.
/// </summary>
internal sealed class RowExamples
{
    private readonly string[] _names;
    private readonly FillPlan[] _plans;

    /// <summary>Makes the writer of an input's features.</summary>
    public RowExamples(IReadOnlyList<MappedFeature> features, IReadOnlyList<ModelInput> inputs)
    {
        _names = [.. features.Select(feature => feature.Feature.Name)];
        _plans = [.. features.Select(feature => FillPlan.Of(feature.Fill, feature.Feature.Type, inputs))];
    }

    /// <summary>Adds a message for each row to a text tensor.</summary>
    public void Write(FeatureBatch batch, int first, int rows, TensorBuffer target)
    {
        var example = new TensorExample();
        for (int row = first; row < first + rows; row++)
        {
            example.Begin();
            for (int feature = 0; feature < _plans.Length; feature++)
            {
                example.BeginFeature(_plans[feature].Type);
                WriteFeature(example, batch, row, _plans[feature]);
                example.EndFeature(_names[feature]);
            }

            target.AddText(example.End());
        }
    }

    private static void WriteFeature(TensorExample example, FeatureBatch batch, int row, FillPlan plan)
    {
        if (plan.HasIdColumn)
        {
            WriteIds(example, batch.RowIds(row, plan.Places[0]), plan);
            return;
        }

        for (int index = 0; index < plan.Places.Length; index++)
        {
            Add(example, plan.Type, plan.NumberAt(batch.DenseRow(row), index));
        }
    }

    private static void WriteIds(TensorExample example, ReadOnlySpan<uint> ids, FillPlan plan)
    {
        int width = plan.Width == 0 ? ids.Length : plan.Width;
        for (int index = 0; index < width; index++)
        {
            Add(example, plan.Type, index < ids.Length ? ids[index] : plan.Pad);
        }
    }

    private static void Add(TensorExample example, TensorType type, double value)
    {
        if (type == TensorType.Float32)
        {
            example.AddFloat(Math.Clamp((float)value, float.MinValue, float.MaxValue));
        }
        else
        {
            example.AddInteger((long)value);
        }
    }
}
