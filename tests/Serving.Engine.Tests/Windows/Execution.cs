namespace Serving.Engine.Tests.Windows;

/// <summary>
/// One of the executions of the language: gives for each arrival of a case the answer, null where it has none.
/// </summary>
internal delegate Task<RequestAnswer?[]> Execution(CompiledCase compiled);
