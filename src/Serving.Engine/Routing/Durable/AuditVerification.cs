namespace Serving.Engine.Routing.Durable;

/// <summary>What checking an audit found. Immutable.</summary>
/// <param name="Lines">Whole lines before the first bad one.</param>
/// <param name="Line">Place of the first bad line, from 1; 0 where all are good.</param>
/// <param name="Problem">What is wrong with it; empty where nothing is.</param>
/// <param name="TornBytes">Bytes of a line that a stop tore: never acknowledged, and cut by the next start.</param>
public sealed record AuditVerification(long Lines, long Line, string Problem, long TornBytes)
{
    /// <summary>Whether every line is as it was written.</summary>
    public bool IsOk => Line == 0;
}
