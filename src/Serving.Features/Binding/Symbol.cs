namespace Serving.Features.Binding;

/// <summary>What a name of a script stands for.</summary>
/// <param name="Description">For messages: "a field of the request", "a feature" ...</param>
internal abstract record Symbol(string Description);
