using Microsoft.AspNetCore.Http;
using Serving.Engine.Routing;

namespace Serving.Server.Admin;

/// <summary>A call whose caller is known and may do it. Immutable.</summary>
/// <param name="Context">The request.</param>
/// <param name="Actor">Name of the caller's token, or <c>anonymous</c>.</param>
/// <param name="IfGeneration">The generation of the table that the caller saw; null where he does not say.</param>
internal sealed record AdminCall(HttpContext Context, string Actor, long? IfGeneration)
{
    /// <summary>Who asks, for an act.</summary>
    public ActOrigin Origin => new(Actor, Context.TraceIdentifier, IfGeneration);
}
