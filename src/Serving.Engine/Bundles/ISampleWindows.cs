using Serving.Data.Windows;

namespace Serving.Engine.Bundles;

/// <summary>Computes the window values of samples from the events that each has behind it.</summary>
internal interface ISampleWindows
{
    /// <summary>Values of every sample, in order.</summary>
    WindowValues Read(SampleSet samples);
}
