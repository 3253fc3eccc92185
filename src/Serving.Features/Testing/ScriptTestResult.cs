using System.Collections.Immutable;

namespace Serving.Features.Testing;

/// <summary>How one <c>test</c> block of a script went.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Failures">Expectations that did not hold, placed in the script; empty where it passed.</param>
public sealed record ScriptTestResult(string Title, ImmutableArray<Diagnostic> Failures)
{
    /// <summary>Whether all expectations held.</summary>
    public bool Passed => Failures.IsEmpty;
}
