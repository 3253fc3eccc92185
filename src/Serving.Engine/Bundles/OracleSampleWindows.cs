using Serving.Data.Windows;
using Serving.Features;
using Serving.Features.Evaluation;

namespace Serving.Engine.Bundles;

/// <summary>The reference: all events walked for every window value, no state.</summary>
internal sealed class OracleSampleWindows(FeatureScript script) : ISampleWindows
{
    /// <inheritdoc/>
    public WindowValues Read(SampleSet samples)
    {
        var values = new WindowValues(script.Windows);
        for (int sample = 0; sample < samples.Count; sample++)
        {
            var oracle = new WindowOracle(script);
            foreach (GivenEvents given in samples.GivenOf(sample))
            {
                oracle.Add(given.Event, given.Rows);
            }

            oracle.Read(samples.Requests, sample, values);
        }

        return values;
    }
}
