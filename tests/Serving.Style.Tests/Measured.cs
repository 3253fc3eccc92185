namespace Serving.Style.Tests;

/// <summary>A file or method and its lines.</summary>
internal readonly record struct Measured(string Name, int Size);
