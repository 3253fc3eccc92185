namespace Serving.Features.Tests.Properties;

/// <summary>Text of an expression with what the generator must know about it to stay well typed.</summary>
/// <param name="Text">The expression, in parentheses where it is not a single word.</param>
/// <param name="Type">Its type without the question mark.</param>
/// <param name="Optional">Whether it may be missing.</param>
/// <param name="IsLiteral">Whether it is a number literal, which turns into a decimal beside one (R8).</param>
internal sealed record GeneratedExpression(string Text, ValueType Type, bool Optional, bool IsLiteral = false);
