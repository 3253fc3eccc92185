using System.Globalization;
using System.Runtime.InteropServices;
using Serving.State;

namespace Serving.Engine.Predictions.Replays;

/// <summary>One access to the store, as a record tells it.</summary>
/// <param name="Key">24 hex digits of the key.</param>
/// <param name="Epoch">Epoch of the blob.</param>
/// <param name="Read">Length of the blob before the append.</param>
/// <param name="After">Its length behind it; the same where nothing was appended.</param>
/// <param name="Outcome">What came of it; the numbers are 0 unless the state was read.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StateEntry(string Key, uint Epoch, int Read, int After, StateOutcome Outcome)
{
    private const int SetDigits = 8;
    private const int Digits = 24;

    /// <summary>The key itself, without its check; null where it is none.</summary>
    public StateKey? ToKey() => Key.Length == Digits
        && uint.TryParse(
            Key.AsSpan(0, SetDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint set)
        && ulong.TryParse(
            Key.AsSpan(SetDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong digest)
            ? new StateKey(set, digest, 0)
            : null;
}
