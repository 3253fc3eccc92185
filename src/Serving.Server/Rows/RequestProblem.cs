namespace Serving.Server.Rows;

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Place">Row and field, e.g. <c>rows[3], field 'amount'</c>; empty for the whole request.</param>
/// <param name="What">What was found and what was expected.</param>
internal sealed record RequestProblem(string Place, string What)
{
    /// <inheritdoc/>
    public override string ToString() => Place.Length == 0 ? What : $"{Place}: {What}";
}
