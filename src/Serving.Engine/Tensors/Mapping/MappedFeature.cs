using Serving.Data.Tensors;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>A feature of the <c>tf.Example</c> that an input parses, and what fills it. Immutable.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Fill">Its columns.</param>
internal sealed record MappedFeature(ExampleFeature Feature, ColumnFill Fill);
