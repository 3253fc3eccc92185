namespace Serving.Models.Tensors;

/// <summary>
/// The native library that would run a model is not there; the message says how to get it. The commands end with 4.
/// </summary>
public sealed class RuntimeMissingException(string message, Exception? inner = null) : Exception(message, inner);
