namespace Serving.Engine.Routing;

/// <summary>Who asks for an act. Immutable.</summary>
/// <param name="Actor">A token's name, or <c>anonymous</c>.</param>
/// <param name="Request">Id of the request, for the audit.</param>
/// <param name="IfGeneration">The generation that the caller saw: the act is refused when there is a newer one.</param>
public sealed record ActOrigin(string Actor, string Request, long? IfGeneration = null);
