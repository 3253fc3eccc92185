using Serving.Data;
using Serving.Features.Binding;
using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Text;
using Serving.Features.Types;

namespace Serving.Features.Testing;

/// <summary>
/// Turns the records of a test into rows: omitted optional fields are missing, others are an error (R99).
/// </summary>
internal sealed class TestRecordBinder(DiagnosticBag diagnostics)
{
    /// <summary>Adds the record as a row; false after reported errors.</summary>
    public bool TryBind(TestEventSyntax node, RowBatch rows)
    {
        int row = rows.AddRow();
        bool valid = true;
        var named = new HashSet<string>();
        foreach (RecordValueSyntax value in node.Values)
        {
            if (!named.Add(value.Name.Text))
            {
                diagnostics.Duplicate(value.Name.Span, value.Name.Text, "a value of this record");
                valid = false;
                continue;
            }

            int field = rows.Schema.IndexOf(value.Name.Text);
            if (field < 0)
            {
                diagnostics.UnknownName(
                    value.Name.Span, value.Name.Text, "field", rows.Schema.Fields.Select(known => known.Name));
                valid = false;
                continue;
            }

            valid &= TrySet(value, rows.Schema.Fields[field].Type, rows, row, field);
        }

        for (int field = 0; field < rows.FieldCount; field++)
        {
            Field declared = rows.Schema.Fields[field];
            if (!declared.Type.Optional && !rows.IsPresent(row, field) && valid)
            {
                diagnostics.WrongArguments(node.Event.Span, $"'{declared.Name}' is not optional and is left out");
                valid = false;
            }
        }

        return valid;
    }

    /// <summary>
    /// What an expected number is compared as: a float where the literal is no int and no decimal of the value's scale,
    /// as == does (R20); else the type of the value.
    /// </summary>
    public static FieldType ComparedAs(FieldType type, LiteralSyntax literal)
    {
        if (literal.Token.Kind != TokenKind.Real || type.Kind is not (ValueKind.Int or ValueKind.Decimal))
        {
            return type;
        }

        ReadOnlySpan<char> digits = literal.Token.Text;
        int fraction = digits.Length - 1 - digits.IndexOf('.');
        bool isDecimal = type.Kind == ValueKind.Decimal && !digits.ContainsAny('e', 'E') && fraction <= type.Scale;
        return isDecimal ? type : new FieldType(ValueKind.Float, type.Optional);
    }

    /// <summary>Sets a slot to a literal; false after a reported error.</summary>
    public bool TrySet(LiteralSyntax literal, FieldType type, RowBatch rows, int row, int field)
    {
        if (!TrySlot(literal, type, rows, out long slot))
        {
            return false;
        }

        rows.Set(row, field, slot);
        return true;
    }

    private bool TrySet(RecordValueSyntax value, FieldType type, RowBatch rows, int row, int field)
    {
        if (value.Literal is { } literal && type.Kind != ValueKind.List)
        {
            return TrySet(literal, type, rows, row, field);
        }

        if (value.Literal is not null || type.Kind != ValueKind.List || value.Items.Length > type.ListMaximum)
        {
            diagnostics.WrongType(value.Span, $"'{value.Name.Text}' is {type}");
            return false;
        }

        rows.BeginList();
        foreach (LiteralSyntax item in value.Items)
        {
            if (!TrySlot(item, type.Element, rows, out long slot))
            {
                return false;
            }

            rows.AddItem(slot);
        }

        rows.EndList(row, field);
        return true;
    }

    private bool TrySlot(LiteralSyntax literal, FieldType type, RowBatch rows, out long slot)
    {
        BoundLiteral bound = Literals.Bind(literal, diagnostics);
        BoundLiteral? fitted = (type.Kind, bound.Type.Kind) switch
        {
            (ValueKind.Decimal, TypeKind.Int or TypeKind.Float) =>
                Literals.AsDecimal(bound, type.Scale, diagnostics),
            (ValueKind.Float, TypeKind.Int) => Literals.AsFloat(bound),
            _ => (int)bound.Type.Kind == (int)type.Kind ? bound : null,
        };
        slot = fitted?.Slot ?? 0;
        if (fitted is null)
        {
            diagnostics.WrongType(literal.Span, $"this literal is {bound.Type}, and {type} is expected");
            return false;
        }

        if (type.Kind == ValueKind.String)
        {
            slot = rows.AddText(fitted.Text.AsSpan());
        }

        return true;
    }
}
