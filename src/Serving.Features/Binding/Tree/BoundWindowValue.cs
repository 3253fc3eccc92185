using Serving.Features.Types;

namespace Serving.Features.Binding.Tree;

/// <summary>The value of a window call, by its slot in <see cref="BoundScript.WindowCalls"/>.</summary>
internal sealed record BoundWindowValue(int Slot, ScriptType Type) : BoundExpression(Type);
