namespace Serving.Features.Syntax;

/// <summary>
/// Ends the parsing of one declaration after its diagnostic was reported; the parser catches it and goes on with the
/// next declaration. Never leaves the parser.
/// </summary>
internal sealed class SyntaxErrorException : Exception;
