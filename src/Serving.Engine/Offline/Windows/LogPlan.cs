using Serving.Data.Windows;
using Serving.State.Windows;

namespace Serving.Engine.Offline.Windows;

/// <summary>A keyed log of a run. Immutable and safe for use by several threads.</summary>
/// <param name="Number">Place among the logs of the plan.</param>
/// <param name="Codec">Its keys and records.</param>
internal sealed record LogPlan(int Number, LogCodec Codec)
{
    /// <summary>The log.</summary>
    public KeyedLog Log => Codec.Log;
}
