namespace Serving.Models.Import.Documents;

/// <summary>Kinds of value in a document.</summary>
internal enum DocumentKind : byte
{
    Null = 0,
    Bool,
    Number,
    Text,
    Numbers,
    List,
    Object,
}
