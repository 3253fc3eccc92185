namespace Serving.Features.Syntax;

/// <summary>
/// Ends the parsing of one declaration after its diagnostic was reported; the parser catches it and goes on with the
/// next declaration. Never leaves the parser.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1064", Justification = "It never leaves the parser, so nobody outside could catch it.")]
internal sealed class SyntaxErrorException : Exception;
