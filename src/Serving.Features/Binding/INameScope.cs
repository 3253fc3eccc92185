using Serving.Features.Syntax;

namespace Serving.Features.Binding;

/// <summary>What names and window calls mean at a place of a script.</summary>
internal interface INameScope
{
    /// <summary>The value of a name; <see cref="Family.Error"/> after a reported error.</summary>
    Family BindReference(ReferenceSyntax node);

    /// <summary>The value of a call with <c>over</c>; <see cref="Family.Error"/> after a reported error.</summary>
    Family BindWindowCall(CallSyntax call);
}
