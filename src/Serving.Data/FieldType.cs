using System.Globalization;

namespace Serving.Data;

/// <summary>
/// The type of a field as the feature language spells it: <c>bool int float string time decimal(s) list(type, n)</c>,
/// each optional with a trailing <c>?</c>. Immutable and safe for use by several threads.
/// </summary>
/// <param name="Kind">What the value is.</param>
/// <param name="Optional">Whether the value may be missing.</param>
/// <param name="Scale">Fractional digits of a decimal (0..9), or of a list's decimal elements; 0 otherwise.</param>
/// <param name="ElementKind">Kind of a list's elements; 0 otherwise.</param>
/// <param name="ListMaximum">Greatest number of elements of a list; 0 otherwise.</param>
public readonly record struct FieldType(
    ValueKind Kind, bool Optional = false, byte Scale = 0, ValueKind ElementKind = ValueKind.None, int ListMaximum = 0)
{
    /// <summary>Greatest scale of a decimal.</summary>
    public const int ScaleMax = 9;

    /// <summary>The same type that may be missing.</summary>
    public FieldType AsOptional() => this with { Optional = true };

    /// <summary>The same type that is never missing.</summary>
    public FieldType AsRequired() => this with { Optional = false };

    /// <summary>The type of a list's elements (never optional). REQUIRES: this is a list.</summary>
    public FieldType Element => new(ElementKind, false, ElementKind == ValueKind.Decimal ? Scale : (byte)0);

    /// <summary>The type as a script spells it, e.g. <c>decimal(2)?</c> or <c>list(string, 16)</c>.</summary>
    public override string ToString()
    {
        string name = Kind switch
        {
            ValueKind.Bool => "bool",
            ValueKind.Int => "int",
            ValueKind.Float => "float",
            ValueKind.String => "string",
            ValueKind.Time => "time",
            ValueKind.Digest => "digest",
            ValueKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"decimal({Scale})"),
            ValueKind.List => string.Create(CultureInfo.InvariantCulture, $"list({Element}, {ListMaximum})"),
            _ => "?",
        };
        return Optional ? name + "?" : name;
    }
}
