namespace Serving.Server.Telemetry;

/// <summary>The stages of a request whose times are told.</summary>
internal enum Stage
{
    /// <summary>From the request's bytes to rows.</summary>
    Decode = 0,

    /// <summary>Checking the rows, reading and appending state.</summary>
    State,

    /// <summary>From rows to the model's inputs.</summary>
    Features,

    /// <summary>Scoring and the link.</summary>
    Model,

    /// <summary>From scores to the answer's bytes.</summary>
    Encode,

    /// <summary>From the request's arrival to the answer's bytes.</summary>
    Total,
}
