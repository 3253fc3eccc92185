using Serving.Models.Tensors;

namespace Serving.NativeModels.Workers;

/// <summary>What a worker is to load. Immutable; travels as JSON.</summary>
/// <param name="Format">Which factory opens it.</param>
/// <param name="Folder">Folder of its files.</param>
/// <param name="Main">Its main file there.</param>
/// <param name="Options">How it is read and run.</param>
/// <param name="Slots">Connections that take calls.</param>
internal sealed record WorkerLoad(
    string Format, string Folder, string Main, TensorModelOptions Options, int Slots);
