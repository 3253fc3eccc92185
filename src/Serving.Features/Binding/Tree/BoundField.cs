using Serving.Features.Types;

namespace Serving.Features.Binding.Tree;

/// <summary>
/// A field of the request by its place in its schema; inside a window call and the condition of a label over events
/// one of the event.
/// </summary>
internal sealed record BoundField(int Field, string Name, ScriptType Type) : BoundExpression(Type);
