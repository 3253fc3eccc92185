namespace Serving.Engine.Tensors;

/// <summary>A sample call of a version that is served raw. Immutable.</summary>
/// <param name="Signature">Name of the signature that it calls.</param>
/// <param name="Request">Its line: <c>{"signature": ..., "inputs": {...}}</c>.</param>
public sealed record TensorRequestSample(string Signature, ReadOnlyMemory<byte> Request);
