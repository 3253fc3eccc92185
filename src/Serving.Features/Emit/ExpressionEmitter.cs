using System.Reflection.Emit;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Emit;

/// <summary>
/// Emits expressions, one method for each kind of node. The result is in a local; where it is missing the code branches
/// to a label instead. The stack is empty before and after.
/// </summary>
internal sealed class ExpressionEmitter
{
    private readonly EmitContext _context;
    private readonly CallEmitter _calls;
    private readonly HashEmitter _hashes;

    public ExpressionEmitter(EmitContext context)
    {
        _context = context;
        _calls = new CallEmitter(context, this);
        _hashes = new HashEmitter(context, this);
    }

    private IlWriter Writer => _context.Writer;

    /// <summary>Emits a value; the caller returns the local to the writer.</summary>
    public LocalBuilder Emit(BoundExpression node, Label missing) => node switch
    {
        BoundLiteral literal => EmitLiteral(literal),
        BoundField field => EmitSlot(field.Field, field.Type, missing),
        BoundWindowValue value => EmitSlot(_context.SlotOfBeside(value.Slot), value.Type, missing),
        BoundNowField field => EmitSlot(_context.SlotOfBeside(field.Field), field.Type, missing),
        BoundCell cell => EmitSlot(_context.SlotOf(cell.Cell), cell.Type, missing),
        BoundConversion conversion => EmitConversion(conversion, missing),
        BoundNegation negation => EmitNegation(negation, missing),
        BoundNot not => EmitNot(not, missing),
        BoundArithmetic arithmetic => EmitArithmetic(arithmetic, missing),
        BoundComparison comparison => EmitComparison(comparison, missing),
        BoundLogical logical => EmitLogical(logical, missing),
        BoundCoalesce coalesce => EmitCoalesce(coalesce, missing),
        BoundConditional conditional => EmitConditional(conditional, missing),
        BoundIsMissing isMissing => EmitIsMissing(isMissing),
        BoundIn contained => EmitIn(contained, missing),
        BoundCall call => _calls.Emit(call, missing),
        BoundCross cross => _hashes.EmitCross(cross, missing),
        _ => throw new InvalidOperationException($"no code for {node.GetType().Name}"),
    };

    /// <summary>Branches to missing where a double local is NaN: the sign of a missing result.</summary>
    public void BranchIfNaN(LocalBuilder local, Label missing)
    {
        Writer.Load(local);
        Writer.Load(local);
        Writer.BranchIfNotEqual(missing);
    }

    private LocalBuilder EmitLiteral(BoundLiteral literal)
    {
        LocalBuilder result = _context.Rent(literal.Type);
        switch (literal.Type.Kind)
        {
            case TypeKind.Float:
                Writer.LoadDouble(BitConverter.Int64BitsToDouble(literal.Slot));
                break;
            case TypeKind.Bool:
                Writer.LoadInt((int)literal.Slot);
                break;
            case TypeKind.String:
                Writer.LoadLong(_context.Tables.AddConstant(literal.Text));
                break;
            default:
                Writer.LoadLong(literal.Slot);
                break;
        }

        Writer.Store(result);
        return result;
    }

    private LocalBuilder EmitSlot(int slot, ScriptType type, Label missing)
    {
        if (type.Optional)
        {
            Writer.LoadPresent(slot);
            Writer.BranchIfFalse(missing);
        }

        LocalBuilder result = _context.Rent(type);
        _context.LoadSlot(slot, type);
        Writer.Store(result);
        return result;
    }

    private LocalBuilder EmitConversion(BoundConversion node, Label missing)
    {
        LocalBuilder operand = Emit(node.Operand, missing);
        Writer.Load(operand);
        if (node.Operand.Type.Kind == TypeKind.Decimal)
        {
            Writer.LoadInt(node.Operand.Type.Scale);
            _context.Call("DecimalToFloat");
        }
        else
        {
            _context.Call("IntToFloat");
        }

        return Finish(node.Type, operand);
    }

    private LocalBuilder EmitNegation(BoundNegation node, Label missing)
    {
        LocalBuilder operand = Emit(node.Operand, missing);
        Writer.Load(operand);
        if (node.Type.Kind == TypeKind.Float)
        {
            _context.Call("NegateFloat");
        }
        else
        {
            Writer.LoadFrame();
            _context.Call("NegateInt");
        }

        return Finish(node.Type, operand);
    }

    private LocalBuilder EmitNot(BoundNot node, Label missing)
    {
        LocalBuilder operand = Emit(node.Operand, missing);
        Writer.Load(operand);
        Writer.Not();
        return Finish(node.Type, operand);
    }

    private LocalBuilder EmitArithmetic(BoundArithmetic node, Label missing)
    {
        LocalBuilder left = Emit(node.Left, missing);
        LocalBuilder right = Emit(node.Right, missing);
        bool isFloat = node.Type.Kind == TypeKind.Float;
        bool intRemainder = !isFloat && node.Operator == ArithmeticOperator.Remainder;
        if (intRemainder)
        {
            Writer.Load(right);
            Writer.BranchIfFalse(missing);
        }

        Writer.Load(left);
        Writer.Load(right);
        if (!intRemainder)
        {
            Writer.LoadFrame();
        }

        _context.Call(node.Operator + (isFloat ? "Float" : "Int"));
        LocalBuilder result = Finish(node.Type, left, right);
        if (isFloat && node.Operator is ArithmeticOperator.Divide or ArithmeticOperator.Remainder)
        {
            BranchIfNaN(result, missing);
        }

        return result;
    }

    private LocalBuilder EmitComparison(BoundComparison node, Label missing)
    {
        LocalBuilder left = Emit(node.Left, missing);
        LocalBuilder right = Emit(node.Right, missing);
        Writer.Load(left);
        Writer.Load(right);
        if (node.Left.Type.Kind == TypeKind.String)
        {
            Writer.LoadFrame();
            _context.Call("CompareText");
            Writer.LoadInt(0);
        }

        EmitComparisonOperator(node.Operator);
        return Finish(node.Type, left, right);
    }

    // Floats are never NaN here, so the negated opposite is right for them too.
    private void EmitComparisonOperator(ComparisonOperator comparison)
    {
        switch (comparison)
        {
            case ComparisonOperator.Equal or ComparisonOperator.NotEqual:
                Writer.CompareEqual();
                break;
            case ComparisonOperator.Less or ComparisonOperator.GreaterEqual:
                Writer.CompareLess();
                break;
            default:
                Writer.CompareGreater();
                break;
        }

        if (comparison
            is ComparisonOperator.NotEqual or ComparisonOperator.GreaterEqual or ComparisonOperator.LessEqual)
        {
            Writer.Not();
        }
    }

    private LocalBuilder EmitLogical(BoundLogical node, Label missing)
    {
        LocalBuilder left = Emit(node.Left, missing);
        LocalBuilder right = Emit(node.Right, missing);
        Writer.Load(left);
        Writer.Load(right);
        if (node.IsAnd)
        {
            Writer.And();
        }
        else
        {
            Writer.Or();
        }

        return Finish(node.Type, left, right);
    }

    private LocalBuilder EmitCoalesce(BoundCoalesce node, Label missing)
    {
        Label otherwise = Writer.NewLabel();
        Label end = Writer.NewLabel();
        LocalBuilder result = _context.Rent(node.Type);
        Move(Emit(node.Left, otherwise), result);
        Writer.Branch(end);
        Writer.Mark(otherwise);
        Move(Emit(node.Right, missing), result);
        Writer.Mark(end);
        return result;
    }

    private LocalBuilder EmitConditional(BoundConditional node, Label missing)
    {
        Label otherwise = Writer.NewLabel();
        Label end = Writer.NewLabel();
        LocalBuilder condition = Emit(node.Condition, missing);
        Writer.Load(condition);
        Writer.Return(condition);
        Writer.BranchIfFalse(otherwise);
        LocalBuilder result = _context.Rent(node.Type);
        Move(Emit(node.Then, missing), result);
        Writer.Branch(end);
        Writer.Mark(otherwise);
        Move(Emit(node.Else, missing), result);
        Writer.Mark(end);
        return result;
    }

    private LocalBuilder EmitIsMissing(BoundIsMissing node)
    {
        Label absent = Writer.NewLabel();
        Label end = Writer.NewLabel();
        LocalBuilder result = _context.Rent(node.Type);
        Writer.Return(Emit(node.Operand, absent));
        Writer.LoadInt(node.IsNegated ? 1 : 0);
        Writer.Store(result);
        Writer.Branch(end);
        Writer.Mark(absent);
        Writer.LoadInt(node.IsNegated ? 0 : 1);
        Writer.Store(result);
        Writer.Mark(end);
        return result;
    }

    private LocalBuilder EmitIn(BoundIn node, Label missing)
    {
        LocalBuilder operand = Emit(node.Operand, missing);
        Label found = Writer.NewLabel();
        Label end = Writer.NewLabel();
        LocalBuilder result = _context.Rent(node.Type);
        foreach (BoundLiteral item in node.Items)
        {
            EmitItem(node.Operand.Type, operand, item, found);
        }

        Writer.LoadInt(0);
        Writer.Store(result);
        Writer.Branch(end);
        Writer.Mark(found);
        Writer.LoadInt(1);
        Writer.Store(result);
        Writer.Mark(end);
        Writer.Return(operand);
        return result;
    }

    private void EmitItem(ScriptType type, LocalBuilder operand, BoundLiteral item, Label found)
    {
        Writer.Load(operand);
        if (type.Kind == TypeKind.String)
        {
            Writer.LoadInt(_context.Tables.AddText(item.Text));
            Writer.LoadFrame();
            _context.Call("EqualLiteral");
            Writer.BranchIfTrue(found);
            return;
        }

        if (type.Kind == TypeKind.Bool)
        {
            Writer.LoadInt((int)item.Slot);
        }
        else if (item.Type.Kind == TypeKind.Float)
        {
            ConvertOperand(type);
            Writer.LoadDouble(BitConverter.Int64BitsToDouble(item.Slot));
        }
        else
        {
            Writer.LoadLong(item.Slot);
        }

        Writer.BranchIfEqual(found);
    }

    // An int or decimal on the stack meets a float literal as a float (R20).
    private void ConvertOperand(ScriptType type)
    {
        if (type.Kind == TypeKind.Decimal)
        {
            Writer.LoadInt(type.Scale);
            _context.Call("DecimalToFloat");
        }
        else if (type.Kind != TypeKind.Float)
        {
            _context.Call("IntToFloat");
        }
    }

    private void Move(LocalBuilder from, LocalBuilder to)
    {
        Writer.Load(from);
        Writer.Store(to);
        Writer.Return(from);
    }

    // Stores the value on the stack into a fresh local and gives the operands' locals back.
    private LocalBuilder Finish(ScriptType type, params ReadOnlySpan<LocalBuilder> operands)
    {
        foreach (LocalBuilder operand in operands)
        {
            Writer.Return(operand);
        }

        LocalBuilder result = _context.Rent(type);
        Writer.Store(result);
        return result;
    }
}
