namespace Serving.Engine.Routing;

/// <summary>One line of the audit before it is numbered and chained. Immutable.</summary>
/// <param name="At">When.</param>
/// <param name="Actor">A token's name, <c>anonymous</c>, <c>gate</c>, <c>plan</c> or <c>server</c>.</param>
/// <param name="Action">What was asked for.</param>
/// <param name="Model">The model.</param>
/// <param name="Request">Id of the request; empty where nobody asked.</param>
/// <param name="Table">The model's table after it; null where nothing changed.</param>
/// <param name="Result"><c>ok</c>, or the error's name with its words.</param>
public sealed record ControlLine(
    DateTimeOffset At,
    string Actor,
    string Action,
    string Model,
    string Request,
    TrafficState? Table,
    string Result);
