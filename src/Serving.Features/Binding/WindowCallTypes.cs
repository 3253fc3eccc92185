using Serving.Data.Windows;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>Types of window values (R35, R37).</summary>
internal static class WindowCallTypes
{
    /// <summary>The type of a call's value.</summary>
    /// <param name="function">The call.</param>
    /// <param name="argument">Type of its argument, where it has one.</param>
    /// <param name="keyMayBeMissing">Whether the window's key may be missing, and with it every value.</param>
    public static ScriptType Of(WindowFunction function, ScriptType argument, bool keyMayBeMissing)
    {
        ScriptType type = function switch
        {
            WindowFunction.Count or WindowFunction.Distinct => ScriptType.Int,
            WindowFunction.Sum => argument.With(false),
            WindowFunction.Any => ScriptType.Bool,
            WindowFunction.DecaySum or WindowFunction.DecayCount => ScriptType.Float,
            WindowFunction.Mean or WindowFunction.Variance or WindowFunction.Share
                or WindowFunction.SecondsSinceLast => ScriptType.Float.With(true),
            _ => argument.With(true),
        };
        return type.With(type.Optional || keyMayBeMissing);
    }
}
