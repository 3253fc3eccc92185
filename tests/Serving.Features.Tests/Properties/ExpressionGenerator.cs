using Serving.Data;

namespace Serving.Features.Tests.Properties;

/// <summary>Draws an expression of a wanted type, of every operator and function that gives it.</summary>
internal sealed class ExpressionGenerator(Choice choice, ScriptScope scope)
{
    private readonly LiteralGenerator _literals = new(choice);

    /// <summary>
    /// An expression of any type; alone a literal is never a decimal, so that none stands for one here.
    /// </summary>
    public GeneratedExpression Any(int depth) => NoLiteral(AnyType(), depth);

    public ValueType NumberType() => choice.Of(ValueType.Int, ValueType.Float, DecimalType());

    public GeneratedExpression Of(ValueType type, int depth)
    {
        if (depth <= 0 || choice.OneIn(6))
        {
            return choice.OneIn(3) ? _literals.Of(type) : Named(type);
        }

        return choice.OneIn(5) ? Branches(type, depth - 1) : Operation(type, depth - 1);
    }

    private ValueType DecimalType() => ValueType.Decimal(choice.Of(0, 2, 2, 9));

    // Something of the type that is no literal.
    private GeneratedExpression Named(ValueType type) =>
        choice.Of<GeneratedExpression>([.. scope.Values.Where(value => value.Type == type)]);

    private GeneratedExpression NoLiteral(ValueType type, int depth)
    {
        GeneratedExpression value = Of(type, depth);
        return value.IsLiteral ? Named(type) : value;
    }

    private GeneratedExpression Operation(ValueType type, int depth) => type.Kind switch
    {
        ValueKind.Bool => Bool(depth),
        ValueKind.Int => Int(depth),
        ValueKind.Float => Float(depth),
        ValueKind.Decimal => Decimal(type, depth),
        ValueKind.String => Text(depth),
        _ => Extreme(type, depth),
    };

    // if, ?? and their joins of types (R19).
    private GeneratedExpression Branches(ValueType type, int depth)
    {
        GeneratedExpression a = NoLiteral(type, depth);
        GeneratedExpression b = Of(type, depth);
        if (type.Kind == ValueKind.Float && choice.OneIn(3))
        {
            b = NoLiteral(NumberType(), depth);
        }

        if (choice.OneIn(2))
        {
            return new GeneratedExpression($"({a.Text} ?? {b.Text})", type, b.Optional);
        }

        (a, b) = choice.OneIn(2) ? (a, b) : (b, a);
        return new GeneratedExpression(
            $"(if {Condition(depth)} then {a.Text} else {b.Text})", type, a.Optional || b.Optional);
    }

    private string Condition(int depth)
    {
        GeneratedExpression condition = Of(ValueType.Bool, depth);
        return condition.Optional ? $"({condition.Text} ?? {choice.Of("true", "false")})" : condition.Text;
    }

    private GeneratedExpression Bool(int depth)
    {
        switch (choice.Below(8))
        {
            case 0:
                GeneratedExpression operand = Of(ValueType.Bool, depth);
                return operand with { Text = $"(not {operand.Text})", IsLiteral = false };
            case 1:
                return Infix(choice.Of("and", "or"), Of(ValueType.Bool, depth), Of(ValueType.Bool, depth),
                    ValueType.Bool);
            case 2:
                return new GeneratedExpression(
                    $"({Of(AnyType(), depth).Text} is {choice.Of("", "not ")}missing)", ValueType.Bool, false);
            case 3:
                return In(depth);
            case 4 when scope.Ids.Count > 0:
                return OfIds();
            case 5:
                return MixedComparison(depth);
            default:
                return Comparison(depth);
        }
    }

    private ValueType AnyType() =>
        choice.Of(
            ValueType.Bool, ValueType.Int, ValueType.Float, DecimalType(), ValueType.String, ValueType.Time);

    private GeneratedExpression Comparison(int depth)
    {
        ValueType type = AnyType();
        string sign = type.Kind == ValueKind.Bool ? choice.Of("==", "!=") : choice.Of("==", "!=", "<", "<=", ">", ">=");
        return Infix(sign, NoLiteral(type, depth), Of(type, depth), ValueType.Bool);
    }

    // Numbers of two types, and decimals beside literals that fit no decimal (R8, R20).
    private GeneratedExpression MixedComparison(int depth)
    {
        string sign = choice.Of("==", "!=", "<", "<=", ">", ">=");
        ValueType first = NumberType();
        GeneratedExpression left = NoLiteral(first, depth);
        if (first.Kind == ValueKind.Decimal && choice.OneIn(2))
        {
            return new GeneratedExpression($"({left.Text} {sign} {_literals.BeyondScale(first.Scale)})", ValueType.Bool,
                left.Optional);
        }

        ValueType second = first.Kind == ValueKind.Float ? NumberType() : ValueType.Float;
        return Infix(sign, left, NoLiteral(second, depth), ValueType.Bool);
    }

    private GeneratedExpression In(int depth)
    {
        ValueType type = AnyType();
        GeneratedExpression operand = NoLiteral(type, depth);
        IEnumerable<string> items = Enumerable.Range(0, 1 + choice.Below(4)).Select(_ => type.Kind switch
        {
            ValueKind.Int when choice.OneIn(3) => _literals.Of(ValueType.Float).Text,
            ValueKind.Float when choice.OneIn(3) => _literals.Of(ValueType.Int).Text,
            ValueKind.Decimal when choice.OneIn(3) => _literals.BeyondScale(type.Scale),
            _ => _literals.Of(type).Text,
        });
        return new GeneratedExpression($"({operand.Text} in [{string.Join(", ", items)}])", ValueType.Bool,
            operand.Optional);
    }

    private GeneratedExpression OfIds()
    {
        string left = choice.Of<string>([.. scope.Ids]);
        string text = choice.Below(3) switch
        {
            0 => $"({left} in [0, 1, {choice.Below(5)}])",
            1 => $"({left} {choice.Of("==", "!=")} {choice.Of<string>([.. scope.Ids])})",
            _ => $"({left} {choice.Of("==", "!=")} {choice.Below(5)})",
        };
        return new GeneratedExpression(text, ValueType.Bool, false);
    }

    private GeneratedExpression Int(int depth)
    {
        switch (choice.Below(8))
        {
            case 0 or 1:
                return Infix(choice.Of("+", "-", "*"), Of(ValueType.Int, depth), Of(ValueType.Int, depth),
                    ValueType.Int);
            case 2:
                return Infix("%", Of(ValueType.Int, depth), Of(ValueType.Int, depth), ValueType.Int)
                    with { Optional = true };
            case 3:
                return Call(choice.Of("floor", "round"), ValueType.Int, Of(NumberType(), depth));
            case 4:
                return Calendar(depth);
            case 5:
                return choice.OneIn(2)
                    ? Call("length", ValueType.Int, Of(ValueType.String, depth))
                    : Call("years_between", ValueType.Int, Of(ValueType.Time, depth), Of(ValueType.Time, depth));
            case 6:
                return choice.OneIn(2)
                    ? Negated(ValueType.Int, depth)
                    : Call("abs", ValueType.Int, Of(ValueType.Int, depth));
            default:
                return Extreme(ValueType.Int, depth);
        }
    }

    private GeneratedExpression Calendar(int depth)
    {
        GeneratedExpression moment = Of(ValueType.Time, depth);
        string zone = choice.OneIn(2) ? "" : $", \"{choice.Of<string>(ValuePool.Zones)}\"";
        return new GeneratedExpression(
            $"{choice.Of("hour", "weekday", "day", "month")}({moment.Text}{zone})", ValueType.Int, moment.Optional);
    }

    private GeneratedExpression Float(int depth)
    {
        switch (choice.Below(10))
        {
            case 0 or 1:
                return Infix("/", Of(NumberType(), depth), Of(NumberType(), depth), ValueType.Float)
                    with { Optional = true };
            case 2 or 3:
                return Infix(choice.Of("+", "-", "*"), Of(ValueType.Float, depth), Of(ValueType.Float, depth),
                    ValueType.Float);
            case 4:
                return Mixed(depth);
            case 5:
                return OfOneFloat(depth);
            case 6:
                return OfManyFloats(depth);
            case 7:
                return choice.OneIn(2)
                    ? Negated(ValueType.Float, depth)
                    : Call("abs", ValueType.Float, Of(ValueType.Float, depth));
            case 8:
                return Call("seconds_between", ValueType.Float, Of(ValueType.Time, depth), Of(ValueType.Time, depth));
            default:
                return Extreme(ValueType.Float, depth);
        }
    }

    // Two numbers of different types, converted operand by operand (R9).
    private GeneratedExpression Mixed(int depth)
    {
        GeneratedExpression real = NoLiteral(ValueType.Float, depth);
        GeneratedExpression other = NoLiteral(NumberType(), depth);
        (GeneratedExpression left, GeneratedExpression right) = choice.OneIn(2) ? (real, other) : (other, real);
        string sign = choice.Of("+", "-", "*", "%");
        GeneratedExpression result = Infix(sign, left, right, ValueType.Float);
        return sign == "%" ? result with { Optional = true } : result;
    }

    private GeneratedExpression OfOneFloat(int depth)
    {
        string name = choice.Of("sqrt", "log", "log1p", "exp");
        GeneratedExpression result = Call(name, ValueType.Float, Of(NumberType(), depth));
        return name == "exp" ? result : result with { Optional = true };
    }

    private GeneratedExpression OfManyFloats(int depth)
    {
        switch (choice.Below(3))
        {
            case 0:
                return Call("pow", ValueType.Float, Of(NumberType(), depth), Of(NumberType(), depth))
                    with { Optional = true };
            case 1:
                return Call("distance_km", ValueType.Float, [.. Enumerable.Range(0, 4).Select(_ => Degrees(depth))])
                    with { Optional = true };
            default:
                string[] values = [.. Enumerable.Range(0, 4).Select(_ => Of(NumberType(), depth).Text)];
                string text = $"smooth({values[0]}, {values[1]}, prior: {values[2]}, weight: {values[3]})";
                return new GeneratedExpression(text, ValueType.Float, Optional: true);
        }
    }

    // Mostly within the range of degrees, else nearly every distance would be missing.
    private GeneratedExpression Degrees(int depth) => choice.OneIn(4)
        ? Of(NumberType(), depth)
        : new GeneratedExpression($"({Of(ValueType.Float, depth).Text} % 90.0)", ValueType.Float, Optional: true);

    private GeneratedExpression Decimal(ValueType type, int depth)
    {
        switch (choice.Below(5))
        {
            case 0:
                return Infix(choice.Of("+", "-"), NoLiteral(type, depth), Of(type, depth), type);
            case 1:
                return Infix("%", NoLiteral(type, depth), Of(type, depth), type) with { Optional = true };
            case 2:
                GeneratedExpression number = Of(NumberType(), depth);
                return new GeneratedExpression($"decimal({number.Text}, {type.Scale})", type, number.Optional);
            case 3:
                GeneratedExpression operand = NoLiteral(type, depth);
                return operand with { Text = choice.OneIn(2) ? $"(-({operand.Text}))" : $"abs({operand.Text})" };
            default:
                return Extreme(type, depth);
        }
    }

    private GeneratedExpression Negated(ValueType type, int depth)
    {
        GeneratedExpression operand = NoLiteral(type, depth);
        return operand with { Text = $"(-({operand.Text}))" };
    }

    // At least one argument is no literal, so that the others follow its type (R8, R17).
    private GeneratedExpression Extreme(ValueType type, int depth)
    {
        GeneratedExpression[] values =
            [NoLiteral(type, depth), .. Enumerable.Range(0, 1 + choice.Below(2)).Select(_ => Of(type, depth))];
        return Call(choice.Of("min", "max"), type, values);
    }

    private GeneratedExpression Text(int depth)
    {
        GeneratedExpression value = Of(ValueType.String, depth);
        switch (choice.Below(8))
        {
            case 0:
                return Call("lower_ascii", ValueType.String, value);
            case 1:
                return Call("fold", ValueType.String, value);
            case 2:
                return Call("strip_digits", ValueType.String, value);
            case 3:
                return Call("host", ValueType.String, value) with { Optional = true };
            case 4:
                return value with { Text = $"prefix({value.Text}, {choice.Of(1, 2, 3, 100)})", IsLiteral = false };
            case 5 or 6:
                string separator = choice.Of("-", "/", ".", "@", "ü", "𝒳");
                return new GeneratedExpression(
                    $"part({value.Text}, \"{separator}\", {choice.Below(3)}, {1 + choice.Below(2)})", ValueType.String,
                        Optional: true);
            default:
                return Extreme(ValueType.String, depth);
        }
    }

    private static GeneratedExpression Infix(
        string sign, GeneratedExpression left, GeneratedExpression right, ValueType type) =>
        new($"({left.Text} {sign} {right.Text})", type, left.Optional || right.Optional);

    private static GeneratedExpression Call(string name, ValueType type, params GeneratedExpression[] arguments) => new(
        $"{name}({string.Join(", ", arguments.Select(argument => argument.Text))})",
        type,
        arguments.Any(argument => argument.Optional));
}
