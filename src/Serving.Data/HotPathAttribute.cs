namespace Serving.Data;

/// <summary>
/// Marks code that runs for each request or row after warm-up: it allocates nothing, takes no lock and has no LINQ,
/// closure, string formatting or reflection. The style tests read the mark and refuse such syntax.
/// </summary>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Method | AttributeTargets.Constructor
    | AttributeTargets.Property)]
public sealed class HotPathAttribute : Attribute;
