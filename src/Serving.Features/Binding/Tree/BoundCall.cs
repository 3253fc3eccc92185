using System.Collections.Immutable;
using Serving.Data.Time;
using Serving.Features.Types;

namespace Serving.Features.Binding.Tree;

/// <summary>A call of a scalar function; arguments have the types that <see cref="ScalarFunction"/> says.</summary>
internal sealed record BoundCall(ScalarFunction Function, ImmutableArray<BoundExpression> Arguments, ScriptType Type)
    : BoundExpression(Type)
{
    /// <summary>First literal argument: scale, number of code points, first field.</summary>
    public long Parameter1 { get; init; }

    /// <summary>Second literal argument: number of fields.</summary>
    public long Parameter2 { get; init; }

    /// <summary>Literal separator, UTF-8; one code point.</summary>
    public ImmutableArray<byte> TextParameter { get; init; } = [];

    /// <summary>The zone of a calendar function.</summary>
    public ZoneTable? Zone { get; init; }
}
