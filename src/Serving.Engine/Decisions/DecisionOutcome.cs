using System.Runtime.InteropServices;

namespace Serving.Engine.Decisions;

/// <summary>What was decided and why.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="Reason">Place of its code in <see cref="DecisionTexts"/>, or -1.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DecisionOutcome(Decision Decision, int Reason)
{
    /// <summary>Nothing was decided.</summary>
    public static DecisionOutcome None => new(Decision.None, -1);
}
