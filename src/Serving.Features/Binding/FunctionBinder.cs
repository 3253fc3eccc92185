using System.Collections.Immutable;
using System.Text;
using Serving.Data.Time;
using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>
/// Binds calls without <c>over</c>, of the scalar functions: number and types of arguments, literal parameters, result
/// types.
/// </summary>
internal sealed class FunctionBinder(BindingContext context, TypeRules rules, ExpressionBinder expressions)
{
    private static readonly BoundExpression Error = Family.Error.Members[0].Value;

    /// <summary>The names of the scalar functions, for messages.</summary>
    public static readonly ImmutableArray<string> Names =
    [
        "abs", "min", "max", "floor", "round", "decimal", "sqrt", "log", "log1p", "exp", "pow", "hour", "weekday",
        "day", "month", "years_between", "seconds_between", "distance_km", "lower_ascii", "fold", "prefix", "length",
        "part", "strip_digits", "host", "smooth", "cross", "circular",
    ];

    public Family Bind(CallSyntax call)
    {
        string name = call.Function.Text;
        bool isWindowCall = WindowCallBinder.IsName(name) && !Names.Contains(name);
        if (isWindowCall || (call.Where is not null && Names.Contains(name)))
        {
            context.Diagnostics.WrongArguments(call.Span, $"{name} needs a window", $"write {name}(...) over WINDOW");
            return Family.Error;
        }

        if (!Names.Contains(name))
        {
            context.Diagnostics.UnknownName(call.Function.Span, name, "function", Names.Concat(WindowCallBinder.Names));
            return Family.Error;
        }

        return name switch
        {
            "cross" => Refuse(
                call, "cross(...) may stand only as the whole expression of a feature, before -> hash(n)"),
            "circular" => BindCircular(call),
            _ => BindPlain(call, name),
        };
    }

    private Family BindPlain(CallSyntax call, string name)
    {
        if (!HasNoNames(call, name == "smooth" ? ["prior", "weight"] : []))
        {
            return Family.Error;
        }

        return name switch
        {
            "min" or "max" => BindExtreme(call, name == "min" ? ScalarFunction.Min : ScalarFunction.Max),
            "abs" => BindValues(call, 1, Number, values => Call(ScalarFunction.Abs, values, values[0].Type)),
            "floor" => BindValues(call, 1, Number, values => Call(ScalarFunction.Floor, values, ScriptType.Int)),
            "round" => BindValues(call, 1, Number, values => Call(ScalarFunction.Round, values, ScriptType.Int)),
            "exp" => BindFloats(call, 1, ScalarFunction.Exp, optional: false),
            "sqrt" => BindFloats(call, 1, ScalarFunction.Sqrt, optional: true),
            "log" => BindFloats(call, 1, ScalarFunction.Log, optional: true),
            "log1p" => BindFloats(call, 1, ScalarFunction.Log1p, optional: true),
            "pow" => BindFloats(call, 2, ScalarFunction.Pow, optional: true),
            "distance_km" => BindFloats(call, 4, ScalarFunction.DistanceKm, optional: true),
            "smooth" => BindSmooth(call),
            "decimal" => BindDecimal(call),
            "hour" => BindCalendar(call, ScalarFunction.Hour),
            "weekday" => BindCalendar(call, ScalarFunction.Weekday),
            "day" => BindCalendar(call, ScalarFunction.Day),
            "month" => BindCalendar(call, ScalarFunction.Month),
            "years_between" => BindValues(
                call,
                2,
                IsTime,
                values => Call(ScalarFunction.YearsBetween, values, ScriptType.Int) with { Zone = context.Zone }),
            "seconds_between" => BindValues(
                call, 2, IsTime, values => Call(ScalarFunction.SecondsBetween, values, ScriptType.Float)),
            "prefix" => BindPrefix(call),
            "part" => BindPart(call),
            "length" => BindValues(call, 1, IsString, values => Call(ScalarFunction.Length, values, ScriptType.Int)),
            "lower_ascii" => BindText(call, ScalarFunction.LowerAscii, optional: false),
            "fold" => BindText(call, ScalarFunction.Fold, optional: false),
            "strip_digits" => BindText(call, ScalarFunction.StripDigits, optional: false),
            _ => BindText(call, ScalarFunction.Host, optional: true),
        };
    }

    private static string? Number(ScriptType type) => type.IsNumber ? null : "a number";

    private static string? IsTime(ScriptType type) => type.Kind == TypeKind.Time ? null : "a time";

    private static string? IsString(ScriptType type) => type.Kind == TypeKind.String ? null : "a string";

    private static BoundCall Call(
        ScalarFunction function, BoundExpression[] values, ScriptType type, bool optional = false) =>
        new(function, [.. values], type.With(optional || values.Any(value => value.Type.Optional)));

    /// <summary>
    /// Binds a call with a fixed number of arguments, each checked by a rule that says what it expects.
    /// </summary>
    private Family BindValues(
        CallSyntax call, int count, Func<ScriptType, string?> rule, Func<BoundExpression[], BoundExpression> make)
    {
        if (!HasCount(call, count, count))
        {
            return Family.Error;
        }

        Family[] arguments = [.. call.Arguments.Select(argument => expressions.Bind(argument.Value))];
        return expressions.Combine(call, arguments, values => Fit(call, values, rule) ? make(values) : Error);
    }

    private bool Fit(CallSyntax call, BoundExpression[] values, Func<ScriptType, string?> rule)
    {
        for (int index = 0; index < values.Length; index++)
        {
            if (rule(values[index].Type) is { } expected)
            {
                string text = context.TextOf(call.Arguments[index].Value);
                context.Diagnostics.WrongType(
                    call.Span, $"{call.Function.Text} takes {expected}, and '{text}' is {values[index].Type}");
                return false;
            }
        }

        return true;
    }

    /// <summary>Binds a call whose first argument is its only value; the others are written out.</summary>
    private Family BindFirst(CallSyntax call, Func<BoundExpression[], BoundExpression> make) =>
        expressions.Combine(call, [expressions.Bind(call.Arguments[0].Value)], make);

    private Family BindFloats(CallSyntax call, int count, ScalarFunction function, bool optional) =>
        BindValues(call, count, Number, values => Call(function, Floats(values), ScriptType.Float, optional));

    private static BoundExpression[] Floats(BoundExpression[] values) => [.. values.Select(TypeRules.ToFloat)];

    private Family BindText(CallSyntax call, ScalarFunction function, bool optional) =>
        BindValues(call, 1, IsString, values => Call(function, values, ScriptType.String, optional));

    private Family BindExtreme(CallSyntax call, ScalarFunction function)
    {
        if (!HasCount(call, 2, int.MaxValue))
        {
            return Family.Error;
        }

        Family[] arguments = [.. call.Arguments.Select(argument => expressions.Bind(argument.Value))];
        return expressions.Combine(call, arguments, values => BindExtreme(call, function, values));
    }

    // Of one type (R17): literals follow a decimal beside them (R8), and nothing is widened.
    private BoundExpression BindExtreme(CallSyntax call, ScalarFunction function, BoundExpression[] values)
    {
        if (values.FirstOrDefault(value => value.Type.Kind == TypeKind.Decimal) is { } beside)
        {
            values = [.. values.Select(value => rules.AdaptLiterals(value, beside).Left)];
        }

        for (int index = 1; index < values.Length; index++)
        {
            SyntaxNode first = call.Arguments[0].Value;
            if (rules.ScalesDiffer(values[0], values[index], first, call.Arguments[index].Value, call.Span))
            {
                return Error;
            }
        }

        bool same = values.All(value => value.Type.SameAs(values[0].Type));
        bool optional = values.Any(value => value.Type.Optional);
        if (same && values[0].Type.IsOrdered)
        {
            return new BoundCall(function, [.. values], values[0].Type.With(optional));
        }

        string found = string.Join(", ", values.Select(value => value.Type.ToString()));
        context.Diagnostics.WrongType(
            call.Span,
            $"{call.Function.Text} takes numbers, times or strings of one type, not {found}",
            "write a literal with a point beside floats, e.g. 0.0");
        return Error;
    }

    private Family BindSmooth(CallSyntax call)
    {
        if (!HasCount(call, 4, 4))
        {
            return Family.Error;
        }

        ArgumentSyntax[] ordered = [.. call.Arguments];
        ArgumentSyntax? weight = ordered.FirstOrDefault(argument => argument.Name?.Text == "weight");
        ArgumentSyntax? prior = ordered.FirstOrDefault(argument => argument.Name?.Text == "prior");
        ArgumentSyntax[] plain = [.. ordered.Where(argument => argument.Name is null)];
        bool named = weight is not null && prior is not null && plain.Length == 2;
        if (!named && plain.Length != 4)
        {
            return Refuse(call, "smooth takes (k, n, prior: p, weight: w)");
        }

        ordered = named ? [plain[0], plain[1], prior!, weight!] : ordered;
        Family[] arguments = [.. ordered.Select(argument => expressions.Bind(argument.Value))];
        return expressions.Combine(call, arguments, values => Fit(call, values, Number)
            ? Call(ScalarFunction.Smooth, Floats(values), ScriptType.Float, optional: true)
            : Error);
    }

    private Family BindDecimal(CallSyntax call)
    {
        if (!HasCount(call, 2, 2) || !TryLiteral(call, 1, 0, Data.FieldType.ScaleMax, out long scale))
        {
            return Family.Error;
        }

        return BindFirst(call, values => Fit(call, values, Number)
            ? Call(ScalarFunction.Decimal, values, new ScriptType(TypeKind.Decimal, false, (byte)scale)) with
            {
                Parameter1 = scale,
            }
            : Error);
    }

    private Family BindCalendar(CallSyntax call, ScalarFunction function)
    {
        ZoneTable? zone = context.Zone;
        if (!HasCount(call, 1, 2))
        {
            return Family.Error;
        }

        if (call.Arguments.Length == 2)
        {
            string? id = TextLiteral(call, 1);
            zone = id is null ? null : ZoneTable.Find(id);
            if (zone is null)
            {
                return Refuse(call, $"'{context.TextOf(call.Arguments[1].Value)}' is no time zone in quotes");
            }
        }

        return BindFirst(call, values => Fit(call, values, IsTime)
            ? Call(function, values, ScriptType.Int) with { Zone = zone }
            : Error);
    }

    private Family BindPrefix(CallSyntax call)
    {
        if (!HasCount(call, 2, 2) || !TryLiteral(call, 1, 1, int.MaxValue, out long count))
        {
            return Family.Error;
        }

        return BindFirst(call, values => Fit(call, values, IsString)
            ? Call(ScalarFunction.Prefix, values, ScriptType.String) with { Parameter1 = count }
            : Error);
    }

    private Family BindPart(CallSyntax call)
    {
        if (!HasCount(call, 4, 4)
            || !TryLiteral(call, 2, 0, int.MaxValue, out long from)
            || !TryLiteral(call, 3, 1, int.MaxValue, out long count))
        {
            return Family.Error;
        }

        string? separator = TextLiteral(call, 1);
        if (separator is null || separator.EnumerateRunes().Count() != 1)
        {
            return Refuse(call, "the second argument of part is one character in quotes");
        }

        return BindFirst(call, values => Fit(call, values, IsString)
            ? Call(ScalarFunction.Part, values, ScriptType.String, optional: true) with
            {
                Parameter1 = from,
                Parameter2 = count,
                TextParameter = [.. Encoding.UTF8.GetBytes(separator)],
            }
            : Error);
    }

    /// <summary>A family of sine and cosine (R63); of a family each member gets both.</summary>
    private Family BindCircular(CallSyntax call)
    {
        if (!HasNoNames(call, []))
        {
            return Family.Error;
        }

        // A literal period other than 0 cannot make the division missing.
        bool divides = call.Arguments.Length == 2
            && WithoutParentheses(call.Arguments[1].Value) is LiteralSyntax { IsNumber: true } period
            && double.Parse(period.Token.Text, System.Globalization.CultureInfo.InvariantCulture) != 0;
        Family sines = BindFloats(call, 2, ScalarFunction.CircularSin, !divides);
        Family cosines = BindFloats(call, 2, ScalarFunction.CircularCos, !divides);
        return sines.HasError
            ? Family.Error
            : new Family([.. sines.Members.Zip(cosines.Members).SelectMany(pair => new[]
            {
                pair.First with { Part = "sin" }, pair.Second with { Part = "cos" },
            })]);
    }

    private bool HasCount(CallSyntax call, int least, int most)
    {
        if (call.Arguments.Length >= least && call.Arguments.Length <= most)
        {
            return true;
        }

        string expected = least == most ? $"{least}" : most == int.MaxValue ? $"{least} or more" : $"{least} or {most}";
        Refuse(call, $"{call.Function.Text} takes {expected} arguments, not {call.Arguments.Length}");
        return false;
    }

    private bool HasNoNames(CallSyntax call, ImmutableArray<string> allowed)
    {
        NameSyntax? name = call.Arguments.Select(argument => argument.Name)
            .FirstOrDefault(name => name is not null && !allowed.Contains(name.Text));
        if (name is null)
        {
            return true;
        }

        Refuse(call, $"{call.Function.Text} has no argument '{name.Text}'");
        return false;
    }

    private bool TryLiteral(CallSyntax call, int index, long least, long most, out long value)
    {
        value = 0;
        if (WithoutParentheses(call.Arguments[index].Value) is LiteralSyntax { Token.Kind: TokenKind.Integer } literal
            && long.TryParse(literal.NumberText, System.Globalization.CultureInfo.InvariantCulture, out value)
            && value >= least && value <= most)
        {
            return true;
        }

        string range = most == int.MaxValue ? $"{least} or more" : $"{least} to {most}";
        Refuse(call, $"argument {index + 1} of {call.Function.Text} is a whole number written out, {range}");
        return false;
    }

    private static string? TextLiteral(CallSyntax call, int index) =>
        WithoutParentheses(call.Arguments[index].Value) is LiteralSyntax { Token.Kind: TokenKind.String } literal
            ? literal.Token.Text
            : null;

    private static ExpressionSyntax WithoutParentheses(ExpressionSyntax node) =>
        node is ParenthesizedSyntax inner ? WithoutParentheses(inner.Inner) : node;

    private Family Refuse(CallSyntax call, string message)
    {
        context.Diagnostics.WrongArguments(call.Span, message);
        return Family.Error;
    }
}
