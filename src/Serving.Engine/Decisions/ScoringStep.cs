namespace Serving.Engine.Decisions;

/// <summary>The step of the fallback ladder that gave an answer, best first. All but the first are degraded.</summary>
public enum ScoringStep
{
    /// <summary><c>full</c>: the model on all that it asks for.</summary>
    Full = 0,

    /// <summary><c>windows_missing</c>: the model without the state of windows.</summary>
    WindowsMissing,

    /// <summary><c>request_model</c>: the bundle's second model, which reads the request alone.</summary>
    RequestModel,

    /// <summary><c>rules</c>: a rule that needs no score.</summary>
    Rules,

    /// <summary><c>policy</c>: the bundle's fixed answer.</summary>
    Policy,
}
