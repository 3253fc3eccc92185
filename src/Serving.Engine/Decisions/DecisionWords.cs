using Serving.Data;

namespace Serving.Engine.Decisions;

/// <summary>Decisions and steps as answers, records, logs and metrics spell them.</summary>
public static class DecisionWords
{
    /// <summary>A decision's word; empty for none.</summary>
    public static string Of(Decision decision) => decision switch
    {
        Decision.Approve => "approve",
        Decision.Review => "review",
        Decision.Decline => "decline",
        _ => "",
    };

    /// <summary>The same as UTF-8.</summary>
    [HotPath]
    public static ReadOnlySpan<byte> Utf8Of(Decision decision) => decision switch
    {
        Decision.Approve => "approve"u8,
        Decision.Review => "review"u8,
        Decision.Decline => "decline"u8,
        _ => [],
    };

    /// <summary>A step's word.</summary>
    public static string Of(ScoringStep step) => step switch
    {
        ScoringStep.Full => "full",
        ScoringStep.WindowsMissing => "windows_missing",
        ScoringStep.RequestModel => "request_model",
        ScoringStep.Rules => "rules",
        _ => "policy",
    };

    /// <summary>The same as UTF-8.</summary>
    [HotPath]
    public static ReadOnlySpan<byte> Utf8Of(ScoringStep step) => step switch
    {
        ScoringStep.Full => "full"u8,
        ScoringStep.WindowsMissing => "windows_missing"u8,
        ScoringStep.RequestModel => "request_model"u8,
        ScoringStep.Rules => "rules"u8,
        _ => "policy"u8,
    };

    /// <summary>The decision of a word; None where it is none.</summary>
    public static Decision DecisionOf(string? word) => word switch
    {
        "approve" => Decision.Approve,
        "review" => Decision.Review,
        "decline" => Decision.Decline,
        _ => Decision.None,
    };

    /// <summary>The step of a word; null where it is none.</summary>
    public static ScoringStep? StepOf(string? word) => word switch
    {
        "full" => ScoringStep.Full,
        "windows_missing" => ScoringStep.WindowsMissing,
        "request_model" => ScoringStep.RequestModel,
        "rules" => ScoringStep.Rules,
        "policy" => ScoringStep.Policy,
        _ => null,
    };
}
