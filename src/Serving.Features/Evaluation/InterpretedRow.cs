using System.Collections.Immutable;
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
    private readonly RowBatch? _requests;
    private readonly int _request;

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

    private InterpretedRow(RowBatch events, int row, RowBatch? requests, int request)
    {
        _rows = events;
        _row = row;
        _requests = requests;
        _request = request;
        _frame = new InterpretedFrame();
        _cells = [];
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

    /// <summary>
    /// The value of an expression beside the script: over its cells, of which those that read windows are missing where
    /// the state is.
    /// </summary>
    public static Value? OfScript(
        BoundScript script,
        FittedStatistics? statistics,
        RowBatch rows,
        int row,
        WindowValues? windows,
        BoundExpression expression)
    {
        var interpreter = new InterpretedRow(script, statistics, rows, row, new InterpretedFrame(), windows);
        foreach (BoundStatement statement in script.Statements)
        {
            interpreter.Execute(statement);
        }

        return interpreter.Evaluate(expression);
    }

    /// <summary>
    /// The value of an expression inside a window call or the where of a label over events: names are fields of the
    /// event, <c>now.x</c> those of the request (R31, R56), which may be left out where none is named.
    /// </summary>
    public static Value? OfEvent(
        BoundExpression expression, RowBatch events, int row, RowBatch? requests, int request) =>
        new InterpretedRow(events, row, requests, request).Evaluate(expression);

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
        InterpretedMember.Encode(member, _statistics, _cells, _frame);
    }

    private Value? Evaluate(BoundExpression expression) => expression switch
    {
        BoundLiteral literal => Literal(literal),
        BoundField field => Slot(field.Type, _rows, _row, field.Field),
        BoundNowField field => Slot(field.Type, _requests!, _request, field.Field),
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

    private static Value? Slot(ScriptType type, RowBatch rows, int row, int field) =>
        rows.IsPresent(row, field) ? ValueSlot.Read(type, rows.Get(row, field), rows) : null;

    private Value? WindowValue(BoundWindowValue value) => _windows is null
        ? Slot(value.Type, _rows, _row, _requestFields + value.Slot)
        : Slot(value.Type, _windows.Rows, _row, value.Slot);

    // R9, R11.
    private Value? Conversion(BoundConversion conversion) => ToFloat(Evaluate(conversion.Operand));

    private Value? Arithmetic(BoundArithmetic arithmetic)
    {
        return All([arithmetic.Left, arithmetic.Right]) is [{ } left, { } right]
            ? InterpretedArithmetic.Apply(arithmetic.Operator, left, right, _frame)
            : null;
    }

    // R102.
    private Value? Negation(BoundNegation negation) =>
        Evaluate(negation.Operand) is { } operand ? InterpretedArithmetic.Negate(operand, _frame) : null;

    // R20, R21.
    private Value? Comparison(BoundComparison comparison)
    {
        return All([comparison.Left, comparison.Right]) is [{ } left, { } right]
            ? Value.OfBool(InterpretedComparison.Holds(comparison.Operator, left, right))
            : null;
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
        return All([logical.Left, logical.Right]) is [{ } left, { } right]
            ? Value.OfBool(logical.IsAnd ? left.IsTrue && right.IsTrue : left.IsTrue || right.IsTrue)
            : null;
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
        return All(call.Arguments) is { } arguments ? InterpretedCall.Apply(call, arguments, _frame) : null;
    }

    private Value? Cross(BoundCross cross)
    {
        // R70: a missing raw member makes the cross missing; an encoded one takes part with its id.
        if (All(cross.Members) is not { } members)
        {
            return null;
        }

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

    // Operands from left to right, and none after a missing one: what is not needed cannot saturate.
    private Value[]? All(ImmutableArray<BoundExpression> operands)
    {
        var values = new Value[operands.Length];
        for (int place = 0; place < values.Length; place++)
        {
            if (Evaluate(operands[place]) is not { } value)
            {
                return null;
            }

            values[place] = value;
        }

        return values;
    }

    private static Value? ToFloat(Value? number) =>
        number is null ? null : Value.OfFloat(ExactNumber.Of(number).ToDouble());
}
