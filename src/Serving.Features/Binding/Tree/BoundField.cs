using Serving.Features.Types;

namespace Serving.Features.Binding.Tree;

/// <summary>A field of the request, by its place in the request's schema.</summary>
internal sealed record BoundField(int Field, string Name, ScriptType Type) : BoundExpression(Type);
