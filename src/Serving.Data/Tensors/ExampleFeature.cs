namespace Serving.Data.Tensors;

/// <summary>
/// A feature that a model's own parser of serialized <c>tf.Example</c> messages reads. Immutable, safe for use by
/// several threads.
/// </summary>
/// <param name="Name">Its name in the message.</param>
/// <param name="Type">How the parser asks its values: <see cref="TensorType.Float32"/>,
/// <see cref="TensorType.Int64"/> or <see cref="TensorType.Text"/>.</param>
/// <param name="Count">How many values it must have; -1 where any number goes.</param>
/// <param name="IsRequired">Whether the parser has no value of its own where the message has none.</param>
public sealed record ExampleFeature(string Name, TensorType Type, long Count = -1, bool IsRequired = false);
