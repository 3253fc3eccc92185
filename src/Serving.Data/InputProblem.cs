namespace Serving.Data;

/// <summary>One thing that is wrong with an input.</summary>
/// <param name="Place">File, line, column or field, as far as known, e.g. <c>train.csv:17, column 'amount'</c>.</param>
/// <param name="Found">What was found, shortened.</param>
/// <param name="Expected">What was expected.</param>
/// <param name="Advice">What to do; empty where the first three say it.</param>
public sealed record InputProblem(string Place, string Found, string Expected, string Advice = "")
{
    /// <summary>The problem in one line.</summary>
    public override string ToString() =>
        $"{Place}: found {Found}, expected {Expected}{(Advice.Length == 0 ? "" : "; " + Advice)}";
}
