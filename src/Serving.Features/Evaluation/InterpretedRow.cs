using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Evaluation;

/// <summary>
/// Evaluates the statements of a script for one row, by walking the bound tree: one method for each node.
/// </summary>
internal sealed class InterpretedRow
{
    private readonly RowBatch _rows;
    private readonly int _row;
    private readonly FittedStatistics? _statistics;
    private readonly InterpretedFrame _frame;
    private readonly WindowValues? _windows;
    private readonly int _requestFields;
    private readonly WindowDependence? _dependence;
    private readonly Value?[] _cells;

    private InterpretedRow(
        BoundScript script,
        FittedStatistics? statistics,
        RowBatch rows,
        int row,
        InterpretedFrame frame,
        WindowValues? windows)
    {
        _windows = windows;
        _requestFields = script.Request.Fields.Length;

        // R101: what reads windows is missing where the state is.
        _dependence = windows is not null && windows.IsStateMissing(row) ? new WindowDependence(script) : null;
        _statistics = statistics;
        _rows = rows;
        _row = row;
        _frame = frame;
        _cells = new Value?[script.CellCount];
    }

    /// <summary>
    /// The values of all cells of the script. Without window values the rows hold them behind the request's fields.
    /// </summary>
    public static Value?[] Evaluate(
        BoundScript script,
        FittedStatistics? statistics,
        RowBatch rows,
        int row,
        InterpretedFrame frame,
        WindowValues? windows = null)
    {
        var interpreter = new InterpretedRow(script, statistics, rows, row, frame, windows);
        foreach (BoundStatement statement in script.Statements)
        {
            interpreter.Execute(statement);
        }

        return interpreter._cells;
    }

    private void Execute(BoundStatement statement)
    {
        switch (statement)
        {
            case BoundLet let:
                foreach ((Cell cell, BoundExpression value) in let.Members)
                {
                    _cells[cell.Index] = IsWithoutState(cell) ? null : Evaluate(value);
                }

                break;
            case BoundFeature feature:
                foreach (BoundFeatureMember member in feature.Members)
                {
                    ExecuteMember(member);
                }

                break;
            default:
                throw new InvalidOperationException($"{statement.GetType().Name} is unknown");
        }
    }

    private bool IsWithoutState(Cell cell) => _dependence is not null && _dependence.Of(cell);

    private void ExecuteMember(BoundFeatureMember member)
    {
        if (IsWithoutState(member.Raw))
        {
            return;
        }

        _cells[member.Raw.Index] = Evaluate(member.Value);
        if (member.Encoders.Length == 0)
        {
            return;
        }

        // R78: each encoder takes what the one before it gave; only the last one may have several sizes.
        Value? value = _cells[member.Raw.Index];
        foreach (BoundEncoder encoder in member.Encoders[..^1])
        {
            value = Encode(member, encoder, value, 0);
        }

        for (int size = 0; size < member.Encoded.Length; size++)
        {
            _cells[member.Encoded[size].Index] = Encode(member, member.Encoders[^1], value, size);
        }
    }

    private Value? Encode(BoundFeatureMember member, BoundEncoder encoder, Value? value, int size) =>
        InterpretedEncoder.Apply(encoder, value, _statistics?.Find(member.Name, encoder.Position), size, _frame);

    private Value? Evaluate(BoundExpression expression) => expression switch
    {
        BoundLiteral literal => Literal(literal),
        BoundField field => Field(field),
        BoundWindowValue value => WindowValue(value),
        BoundCell cell => _cells[cell.Cell.Index],
        BoundConversion conversion => Conversion(conversion),
        BoundArithmetic arithmetic => Arithmetic(arithmetic),
        BoundNegation negation => Negation(negation),
        BoundComparison comparison => Comparison(comparison),
        BoundIn membership => In(membership),
        BoundIsMissing test => IsMissing(test),
        BoundLogical logical => Logical(logical),
        BoundNot not => Not(not),
        BoundCoalesce coalesce => Coalesce(coalesce),
        BoundConditional conditional => Conditional(conditional),
        BoundCall call => Call(call),
        BoundCross cross => Cross(cross),
        _ => throw new InvalidOperationException($"{expression.GetType().Name} is unknown"),
    };

    private static Value Literal(BoundLiteral literal) => literal.Type.Kind == TypeKind.String
        ? Value.OfText([.. literal.Text])
        : ValueSlot.Read(literal.Type, literal.Slot, null);

    private Value? Field(BoundField field) => _rows.IsPresent(_row, field.Field)
        ? ValueSlot.Read(field.Type, _rows.Get(_row, field.Field), _rows)
        : null;

    private Value? WindowValue(BoundWindowValue value)
    {
        (RowBatch rows, int field) = _windows is null
            ? (_rows, _requestFields + value.Slot)
            : (_windows.Rows, value.Slot);
        return rows.IsPresent(_row, field) ? ValueSlot.Read(value.Type, rows.Get(_row, field), rows) : null;
    }

    // R9, R11.
    private Value? Conversion(BoundConversion conversion) => ToFloat(Evaluate(conversion.Operand));

    private Value? Arithmetic(BoundArithmetic arithmetic)
    {
        Value? left = Evaluate(arithmetic.Left);
        Value? right = Evaluate(arithmetic.Right);
        return left is null || right is null
            ? null
            : InterpretedArithmetic.Apply(arithmetic.Operator, left, right, _frame);
    }

    // R102.
    private Value? Negation(BoundNegation negation) =>
        Evaluate(negation.Operand) is { } operand ? InterpretedArithmetic.Negate(operand, _frame) : null;

    // R20, R21.
    private Value? Comparison(BoundComparison comparison)
    {
        Value? left = Evaluate(comparison.Left);
        Value? right = Evaluate(comparison.Right);
        return left is null || right is null
            ? null
            : Value.OfBool(InterpretedComparison.Holds(comparison.Operator, left, right));
    }

    // R22: equal to one of the literals, as floats where the literal is one.
    private Value? In(BoundIn membership)
    {
        if (Evaluate(membership.Operand) is not { } operand)
        {
            return null;
        }

        foreach (Value item in membership.Items.Select(Literal))
        {
            Value compared = item.Kind == TypeKind.Float ? ToFloat(operand)! : operand;
            if (InterpretedComparison.Order(compared, item) == 0)
            {
                return Value.OfBool(true);
            }
        }

        return Value.OfBool(false);
    }

    private Value IsMissing(BoundIsMissing test) => Value.OfBool(Evaluate(test.Operand) is null != test.IsNegated);

    // R18: strict, so that a missing operand makes it missing whatever the other one is.
    private Value? Logical(BoundLogical logical)
    {
        Value? left = Evaluate(logical.Left);
        Value? right = Evaluate(logical.Right);
        if (left is null || right is null)
        {
            return null;
        }

        return Value.OfBool(logical.IsAnd ? left.IsTrue && right.IsTrue : left.IsTrue || right.IsTrue);
    }

    // R18.
    private Value? Not(BoundNot not) => Evaluate(not.Operand) is { } operand ? Value.OfBool(!operand.IsTrue) : null;

    // R19.
    private Value? Coalesce(BoundCoalesce coalesce) => Evaluate(coalesce.Left) ?? Evaluate(coalesce.Right);

    private Value? Conditional(BoundConditional conditional) =>
        Evaluate(Evaluate(conditional.Condition)!.IsTrue ? conditional.Then : conditional.Else);

    // Every function is missing when an argument is.
    private Value? Call(BoundCall call)
    {
        Value?[] arguments = [.. call.Arguments.Select(Evaluate)];
        return arguments.Any(argument => argument is null)
            ? null
            : InterpretedCall.Apply(call, [.. arguments.Select(argument => argument!)], _frame);
    }

    private Value? Cross(BoundCross cross)
    {
        // R70: a missing raw member makes the cross missing; an encoded one takes part with its id.
        Value?[] found = [.. cross.Members.Select(Evaluate)];
        if (found.Any(member => member is null))
        {
            return null;
        }

        Value[] members = [.. found.Select(member => member!)];
        int list = Array.FindIndex(members, member => member.Kind == TypeKind.List);
        if (list < 0)
        {
            return Value.OfDigest(ValueDigest.OfCross(members, cross.Seed));
        }

        // R71: one digest for each element of the list member, in its order.
        return Value.OfList(members[list].Items.Select(item =>
        {
            Value[] withItem = [.. members];
            withItem[list] = item;
            return Value.OfDigest(ValueDigest.OfCross(withItem, cross.Seed));
        }));
    }

    private static Value? ToFloat(Value? number) =>
        number is null ? null : Value.OfFloat(ExactNumber.Of(number).ToDouble());
}
