using Serving.Data;

namespace Serving.Features.Types;

/// <summary>The type of an expression. Kinds, scale and elements as in <see cref="FieldType"/>.</summary>
internal readonly record struct ScriptType(
    TypeKind Kind, bool Optional = false, byte Scale = 0, TypeKind Element = TypeKind.Error, int ListMaximum = 0)
{
    public static readonly ScriptType Error;
    public static readonly ScriptType Bool = new(TypeKind.Bool);
    public static readonly ScriptType Int = new(TypeKind.Int);
    public static readonly ScriptType Float = new(TypeKind.Float);
    public static readonly ScriptType String = new(TypeKind.String);
    public static readonly ScriptType Time = new(TypeKind.Time);
    public static readonly ScriptType Id = new(TypeKind.Id);
    public static readonly ScriptType Digest = new(TypeKind.Digest);

    public bool IsError => Kind == TypeKind.Error;

    public bool IsNumber => Kind is TypeKind.Int or TypeKind.Float or TypeKind.Decimal;

    /// <summary>Numbers, times and strings have an order (R21).</summary>
    public bool IsOrdered => IsNumber || Kind is TypeKind.Time or TypeKind.String;

    /// <summary>An encoded value, or a list of them.</summary>
    public bool IsEncoded => Kind == TypeKind.Id || (IsList && Element == TypeKind.Id);

    public bool IsList => Kind == TypeKind.List;

    public static ScriptType Of(FieldType type) =>
        new((TypeKind)type.Kind, type.Optional, type.Scale, (TypeKind)type.ElementKind, type.ListMaximum);

    public static ScriptType ListOf(TypeKind element, int maximum) => new(TypeKind.List, false, 0, element, maximum);

    /// <summary>The same type, missing or not.</summary>
    public ScriptType With(bool optional) => this with { Optional = optional };

    /// <summary>Whether both are the same apart from the question mark.</summary>
    public bool SameAs(ScriptType other) => this with { Optional = false } == other with { Optional = false };

    /// <summary>The type of a list's elements.</summary>
    public ScriptType ElementType => new(Element, false, Element == TypeKind.Decimal ? Scale : (byte)0);

    /// <summary>As a column of raw values: an id is an int there.</summary>
    public FieldType ToFieldType() => new(
        Kind == TypeKind.Id ? ValueKind.Int : (ValueKind)Kind,
        Optional,
        Scale,
        Element == TypeKind.Id ? ValueKind.Int : (ValueKind)Element,
        ListMaximum);

    public override string ToString() => Kind switch
    {
        TypeKind.Id => "an encoded id",
        TypeKind.List when Element == TypeKind.Id => "a list of encoded ids",
        TypeKind.Duration => "a duration",
        TypeKind.Error => "unknown",
        TypeKind.Digest => Optional ? "cross?" : "cross",
        _ => ToFieldType().ToString(),
    };
}
