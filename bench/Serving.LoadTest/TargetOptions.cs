namespace Serving.LoadTest;

/// <summary>A server to call.</summary>
/// <param name="Kind">What is called.</param>
/// <param name="Address">Such as http://127.0.0.1:8081.</param>
internal sealed record TargetOptions(TargetKind Kind, Uri Address);
