using System.Text.Json.Serialization;

namespace Serving.NativeModels.Workers;

/// <summary>The JSON of messages.</summary>
[JsonSerializable(typeof(WorkerLoad))]
[JsonSerializable(typeof(WorkerLoaded))]
[JsonSerializable(typeof(WorkerFailure))]
[JsonSerializable(typeof(WorkerRegion))]
internal sealed partial class WorkerJson : JsonSerializerContext;
