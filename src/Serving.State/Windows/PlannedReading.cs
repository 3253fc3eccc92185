using System.Runtime.InteropServices;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>A reading with what is needed to write its value.</summary>
/// <param name="Reading">The reading.</param>
/// <param name="Function">Its function.</param>
/// <param name="Slot">Its slot.</param>
/// <param name="Group">Its group; for calls with <c>keep</c> the group of kept events.</param>
/// <param name="WholeGroup">Group of a share's whole; -1 without one.</param>
/// <param name="Measure">The measure.</param>
/// <param name="Argument">Form of the argument.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PlannedReading(
    WindowReading Reading,
    WindowFunction Function,
    int Slot,
    int Group,
    int WholeGroup,
    MeasurePlan Measure,
    ColumnLayout Argument)
{
    /// <summary>Whether the value is computed from tiles of the window's step in their order (R47).</summary>
    public bool IsDecay => Function is WindowFunction.DecaySum or WindowFunction.DecayCount;

    /// <summary>Makes the plan of a reading.</summary>
    public static PlannedReading Of(LogCodec codec, WindowReading reading, int group, int wholeGroup)
    {
        MeasurePlan measure = codec.Measures[reading.Measure];
        ColumnLayout argument = measure.Argument < 0 ? default : codec.Layout.Columns[measure.Argument];
        return new PlannedReading(
            reading, reading.Function, reading.Slot, group, wholeGroup, measure, argument);
    }

    /// <summary>Whether floats are summed.</summary>
    public bool IsFloat => Measure.Kind == ValueKind.Float;
}
