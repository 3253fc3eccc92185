using Serving.Data;

namespace Serving.Engine.Routing;

/// <summary>What came of an act. Immutable.</summary>
/// <param name="Code">
/// None; NotFound: no such model or version; InvalidArgument: shares that are none; FailedPrecondition: the state does
/// not allow it, or the control folder cannot be written; Aborted: somebody else acted meanwhile.
/// </param>
/// <param name="Message">The same in words, naming what was found and expected.</param>
/// <param name="Table">The model's table now; null where there is no such model.</param>
public sealed record ActResult(ErrorCode Code, string Message, ModelTraffic? Table);
