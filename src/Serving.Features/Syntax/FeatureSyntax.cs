using System.Collections.Immutable;
using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary><c>feature name = expr -> encoder;</c>.</summary>
internal sealed record FeatureSyntax(
    TextSpan Span, TextSpan Keyword, NameSyntax Name, ExpressionSyntax Value, ImmutableArray<EncoderSyntax> Encoders)
    : DeclarationSyntax(Span, Keyword);
