using Serving.Features.Text;

namespace Serving.Features.Syntax;

/// <summary>A comment, from its <c>#</c> to the end of its line; the formatter puts it back.</summary>
internal readonly record struct Comment(TextSpan Span, string Text);
