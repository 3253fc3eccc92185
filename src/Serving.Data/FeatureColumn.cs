namespace Serving.Data;

/// <summary>
/// One column that a feature program gives to a model. Immutable.
/// </summary>
/// <param name="Name">Full name, family member and size included, e.g. <c>amount_7d_q16</c>.</param>
/// <param name="IsDiscrete">Whether values are ids (0 missing, 1 unseen, real ones from 2) or continuous
/// numbers.</param>
/// <param name="Size">Number of ids, so that ids are 0 .. Size - 1; 0 for a continuous column.</param>
/// <param name="IdsMax">Greatest number of ids in one row: 1, or a list's maximum; 0 for a continuous column.</param>
/// <param name="IsMultiValued">Whether a row holds a list of ids, which may be empty.</param>
public sealed record FeatureColumn(string Name, bool IsDiscrete, uint Size, int IdsMax, bool IsMultiValued = false);
