using Serving.Features.Types;

namespace Serving.Features.Binding.Tree;

/// <summary><c>now.x</c>: inside a window call or a label over events, a field of the request (R31, R56).</summary>
internal sealed record BoundNowField(int Field, string Name, ScriptType Type) : BoundExpression(Type);
