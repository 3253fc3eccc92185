using Serving.Data;

namespace Serving.NativeModels.Workers;

/// <summary>Why a worker did not load or run a model. Immutable; travels as JSON.</summary>
/// <param name="Code">Why, as the wires say it.</param>
/// <param name="Message">What was said, in one line.</param>
/// <param name="IsRuntimeMissing">Whether the runtime's library is not there.</param>
internal sealed record WorkerFailure(ErrorCode Code, string Message, bool IsRuntimeMissing = false);
