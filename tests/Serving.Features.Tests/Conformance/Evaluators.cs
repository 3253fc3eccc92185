namespace Serving.Features.Tests.Conformance;

/// <summary>The two evaluators of a script.</summary>
public enum Evaluators
{
    Interpreter,
    Compiler,
}
