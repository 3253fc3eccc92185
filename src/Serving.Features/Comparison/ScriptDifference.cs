namespace Serving.Features.Comparison;

/// <summary>How one feature differs between two scripts.</summary>
/// <param name="Feature">Its full name.</param>
/// <param name="Change">added, removed or changed.</param>
/// <param name="Why">What differs, in words; empty for an added or removed one.</param>
/// <param name="Old">Its text in the old script, lets and features it names included; empty when added.</param>
/// <param name="New">Its text in the new script; empty when removed.</param>
public sealed record ScriptDifference(string Feature, string Change, string Why, string Old, string New);
