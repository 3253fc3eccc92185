namespace Serving.Features.Binding;

/// <summary>A let, or a feature with one value for each member, or one member of it.</summary>
internal sealed record FamilySymbol(string Description, Family Family) : Symbol(Description);
