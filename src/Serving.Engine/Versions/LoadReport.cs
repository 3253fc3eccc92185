namespace Serving.Engine.Versions;

/// <summary>What a loading thread tells the control thread.</summary>
/// <param name="Harness">The version.</param>
/// <param name="State">Where it stands now: Warming, Ready or Failed.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Served">What was loaded, for Ready.</param>
internal sealed record LoadReport(VersionHarness Harness, VersionState State, string Reason, ServedVersion? Served);
