using Serving.Features.Types;

namespace Serving.Features.Binding.Tree;

/// <summary>
/// A typed expression: names are resolved, conversions are explicit, and every rule of the language that the types
/// decide has been checked. The compiler and the reference interpreter both start here and share nothing else.
/// Immutable.
/// </summary>
internal abstract record BoundExpression(ScriptType Type);
