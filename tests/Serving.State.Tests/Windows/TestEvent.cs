namespace Serving.State.Tests.Windows;

/// <summary>An event of a test: columns as boxed values (long, double, string, bool, long[]) or null.</summary>
internal sealed record TestEvent(string Id, long Time, long Known, object?[] Columns);
