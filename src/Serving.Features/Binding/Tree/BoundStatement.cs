namespace Serving.Features.Binding.Tree;

/// <summary>A let or a feature; statements are evaluated in the script's order.</summary>
internal abstract record BoundStatement(string Name);
