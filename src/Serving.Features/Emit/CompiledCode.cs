namespace Serving.Features.Emit;

/// <summary>What compiling a script gives: methods to call in order, their tables, and the string constants.</summary>
internal sealed record CompiledCode(Action<CompiledFrame>[] Steps, CompiledTables Tables, byte[] Constants);
