namespace Serving.Data;

/// <summary>One named and typed place of a row.</summary>
/// <param name="Name">The name as scripts, files and requests spell it.</param>
/// <param name="Type">The type of its values.</param>
public sealed record Field(string Name, FieldType Type);
