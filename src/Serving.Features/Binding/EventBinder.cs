using System.Collections.Immutable;
using System.Globalization;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Syntax;

namespace Serving.Features.Binding;

/// <summary>Binds <c>request</c> and <c>event</c> declarations (R7): fields, types and options.</summary>
internal sealed class EventBinder(BindingContext context)
{
    /// <summary>Greatest maximum of a list: rows stay small enough to answer within a millisecond.</summary>
    private const int ListMax = 4096;

    public EventDeclaration Bind(EventSyntax node)
    {
        var fields = ImmutableArray.CreateBuilder<Field>();
        var names = new HashSet<string>();
        foreach (FieldSyntax field in node.Fields)
        {
            if (!names.Add(field.Name.Text))
            {
                context.Diagnostics.Duplicate(node.Keyword, field.Name.Text, $"a field of {node.Name.Text}");
                continue;
            }

            fields.Add(new Field(field.Name.Text, BindType(field.Type)));
        }

        var schema = new RowSchema(node.Name.Text, fields.ToImmutable());
        int id = FieldOf(node, schema, "id", required: true, ValueKind.String, ValueKind.Int);
        int time = FieldOf(node, schema, "time", required: true, ValueKind.Time);
        int known = FieldOf(node, schema, "known", required: false, ValueKind.Time);
        long late = DurationOf(node, "late");
        long lag = DurationOf(node, "lag");
        CheckKnown(node, known, late, lag);
        return new EventDeclaration(schema, node.IsRequest, id, time, known, late, lag);
    }

    private FieldType BindType(TypeSyntax node)
    {
        if (node.Name == "decimal")
        {
            return new FieldType(ValueKind.Decimal, node.Optional, (byte)BoundOf(node, 0, FieldType.ScaleMax));
        }

        if (node.Name == "list")
        {
            FieldType element = BindType(node.Element!);
            if (element.Optional)
            {
                context.Diagnostics.WrongType(
                    node.Span, "elements of a list are never optional (R74)", "leave the ? out");
            }

            int maximum = (int)BoundOf(node, 1, ListMax);
            return new FieldType(ValueKind.List, node.Optional, element.Scale, element.Kind, maximum);
        }

        ValueKind kind = node.Name switch
        {
            "bool" => ValueKind.Bool,
            "int" => ValueKind.Int,
            "float" => ValueKind.Float,
            "string" => ValueKind.String,
            _ => ValueKind.Time,
        };
        return new FieldType(kind, node.Optional);
    }

    private long BoundOf(TypeSyntax node, long least, long most)
    {
        if (long.TryParse(node.Number!.Value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            && value >= least && value <= most)
        {
            return value;
        }

        context.Diagnostics.WrongArguments(node.Span, $"the number of {node.Name} is {least} to {most}");
        return least;
    }

    private int FieldOf(
        EventSyntax node, RowSchema schema, string word, bool required, params ReadOnlySpan<ValueKind> kinds)
    {
        EventOptionSyntax[] options = [.. node.Options.Where(option => option.Word == word)];
        if (options.Length == 0)
        {
            if (required)
            {
                context.Diagnostics.WrongArguments(
                    node.Keyword, $"{node.Name.Text} declares no {word}", $"add {word} FIELD");
            }

            return -1;
        }

        if (options.Length > 1)
        {
            context.Diagnostics.WrongArguments(
                node.Keyword, $"{node.Name.Text} declares {word} twice", "leave one out");
        }

        NameSyntax name = options[0].Field!;
        int index = schema.IndexOf(name.Text);
        if (index < 0)
        {
            context.Diagnostics.UnknownName(name.Span, name.Text, "field", schema.Fields.Select(field => field.Name));
            return -1;
        }

        FieldType type = schema.Fields[index].Type;
        if (!kinds.Contains(type.Kind) || type.Optional)
        {
            string expected = word == "id" ? "string or int" : "time";
            context.Diagnostics.WrongType(
                name.Span, $"{word} is {expected} and never optional; '{name.Text}' is {type}");
        }

        return index;
    }

    private long DurationOf(EventSyntax node, string word)
    {
        EventOptionSyntax[] options = [.. node.Options.Where(option => option.Word == word)];
        if (options.Length > 1)
        {
            context.Diagnostics.WrongArguments(
                node.Keyword, $"{node.Name.Text} declares {word} twice", "leave one out");
        }

        return options.Length == 0 ? -1 : options[0].Duration!.Milliseconds;
    }

    private void CheckKnown(EventSyntax node, int known, long late, long lag)
    {
        if (known >= 0 && lag >= 0)
        {
            context.Diagnostics.WrongArguments(node.Keyword, "known and lag exclude each other (R7)", "leave lag out");
        }

        if (late >= 0 && lag > late)
        {
            context.Diagnostics.WrongArguments(
                node.Keyword, "lag is greater than late: every event would be dropped (R54)");
        }

        bool declaresKnown = node.Options.Any(option => option.Word is "known" or "lag");
        if (!node.IsRequest && !declaresKnown)
        {
            context.Diagnostics.NoKnownTime(node.Keyword, node.Name.Text);
        }
    }
}
