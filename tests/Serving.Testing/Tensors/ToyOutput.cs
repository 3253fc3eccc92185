using Serving.Data.Tensors;

namespace Serving.Testing.Tensors;

/// <summary>How one output is computed.</summary>
internal sealed record ToyOutput(TensorSpec Spec, string Operator, string Input, double Number);
