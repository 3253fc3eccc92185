namespace Serving.Engine.Bundles;

/// <summary>A sample call of a tensor model and what it answered when it was packed. Immutable.</summary>
/// <param name="Place">Where it stands, for problems.</param>
/// <param name="Signature">Index of the signature that it calls.</param>
/// <param name="Request">Its line: <c>{"signature": ..., "inputs": {...}}</c>.</param>
/// <param name="Expected">Its answer: <c>{"outputs": {...}}</c>, <c>{"shapes": {...}}</c>, or <c>{}</c>
/// unchecked.</param>
internal sealed record TensorSample(
    string Place, int Signature, ReadOnlyMemory<byte> Request, ReadOnlyMemory<byte> Expected);
