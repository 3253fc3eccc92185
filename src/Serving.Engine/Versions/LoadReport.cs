namespace Serving.Engine.Versions;

/// <summary>What a loading thread tells the control thread.</summary>
/// <param name="Harness">The version.</param>
/// <param name="State">Where it stands now: Warming or Failed.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Served">What was loaded, once it is: the load has ended.</param>
internal sealed record LoadReport(VersionHarness Harness, VersionState State, string Reason, ServedVersion? Served);
