namespace Serving.Engine.Tests.Windows;

/// <summary>Where an execution's answer differs from the oracle's.</summary>
/// <param name="Arrival">Place of the request among the arrivals.</param>
/// <param name="Column">Name of the value.</param>
/// <param name="Expected">The oracle's text; null: missing.</param>
/// <param name="Found">The execution's.</param>
internal sealed record CaseDifference(int Arrival, string Column, string? Expected, string? Found)
{
    /// <summary>Stands for a column where the answer is flagged as given without the state.</summary>
    public const string StateColumn = "state";

    /// <summary>The first difference of a case; null where there is none.</summary>
    public static CaseDifference? Find(CompiledCase compiled, string?[]?[] expected, RequestAnswer?[] found)
    {
        for (int arrival = 0; arrival < found.Length; arrival++)
        {
            if (found[arrival] is { } answer
                && Of(compiled, arrival, expected[arrival]!, answer) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private static CaseDifference? Of(CompiledCase compiled, int arrival, string?[] expected, RequestAnswer found)
    {
        if (found.IsStateMissing)
        {
            // A request behind its time may be answered without the state, but never with a wrong value.
            Arrival request = compiled.Drawn.Arrivals[arrival];
            bool isBehind = (long)request.Values.Values[compiled.Script.TimeField]! < request.Moment;
            return request.ScoresOnly || isBehind
                ? null
                : new CaseDifference(arrival, StateColumn, "there", "missing");
        }

        for (int index = 0; index < found.Texts.Length; index++)
        {
            if (expected[index] != found.Texts[index])
            {
                return new CaseDifference(
                    arrival, compiled.Answers.Names[index], expected[index], found.Texts[index]);
            }
        }

        return null;
    }
}
