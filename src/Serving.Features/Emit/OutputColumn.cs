using Serving.Features.Types;

namespace Serving.Features.Emit;

/// <summary>How a column is read from its slot.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Kind">Type of the slot's value.</param>
/// <param name="Scale">Scale of a decimal.</param>
/// <param name="IsDiscrete">Whether the column holds ids; a bool then is 0 missing, 2 false, 3 true (R25).</param>
/// <param name="Element">Type of a list's elements.</param>
internal readonly record struct OutputColumn(int Slot, TypeKind Kind, byte Scale, bool IsDiscrete, TypeKind Element);
