namespace Serving.Features.Binding;

/// <summary>The label: its name is taken, its value is never read.</summary>
internal sealed record LabelSymbol() : Symbol("the label");
