using System.Reflection.Emit;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Emit;

/// <summary>
/// Emits calls of scalar functions: operands, literal parameters, the runtime method, and what missing looks like.
/// </summary>
internal sealed class CallEmitter(EmitContext context, ExpressionEmitter expressions)
{
    private IlWriter Writer => context.Writer;

    public LocalBuilder Emit(BoundCall node, Label missing)
    {
        LocalBuilder[] operands = new LocalBuilder[node.Arguments.Length];
        for (int index = 0; index < operands.Length; index++)
        {
            operands[index] = expressions.Emit(node.Arguments[index], missing);
        }

        LocalBuilder result = node.Function is ScalarFunction.Min or ScalarFunction.Max
            ? EmitExtreme(node, operands)
            : EmitCall(node, operands);
        foreach (LocalBuilder operand in operands)
        {
            if (operand != result)
            {
                Writer.Return(operand);
            }
        }

        BranchIfMissing(node, result, missing);
        return result;
    }

    private LocalBuilder EmitCall(BoundCall node, LocalBuilder[] operands)
    {
        foreach (LocalBuilder operand in operands)
        {
            Writer.Load(operand);
        }

        ScriptType input = node.Arguments[0].Type;
        (string method, bool takesFrame) = MethodOf(node.Function, input);
        LoadParameters(node, input);
        if (takesFrame)
        {
            Writer.LoadFrame();
        }

        if (method.Length > 0)
        {
            context.Call(method);
        }

        LocalBuilder result = context.Rent(node.Type);
        Writer.Store(result);
        return result;
    }

    private static (string Method, bool TakesFrame) MethodOf(ScalarFunction function, ScriptType input) =>
        function switch
    {
        ScalarFunction.Abs => input.Kind == TypeKind.Float ? ("AbsFloat", false) : ("AbsInt", true),
        ScalarFunction.Floor => input.Kind switch
        {
            TypeKind.Float => ("FloorFloat", true),
            TypeKind.Decimal => ("FloorDecimal", false),
            _ => ("", false),
        },
        ScalarFunction.Round => input.Kind switch
        {
            TypeKind.Float => ("RoundFloat", true),
            TypeKind.Decimal => ("RoundDecimal", false),
            _ => ("", false),
        },
        ScalarFunction.Decimal => input.Kind == TypeKind.Float
            ? ("DecimalFromFloat", true)
            : ("RescaleDecimal", true),
        ScalarFunction.Sqrt => ("SqrtFloat", false),
        ScalarFunction.Log => ("LogFloat", false),
        ScalarFunction.Log1p => ("Log1pFloat", false),
        ScalarFunction.Exp => ("ExpFloat", true),
        ScalarFunction.Pow => ("PowFloat", true),
        ScalarFunction.Hour => ("HourOf", true),
        ScalarFunction.Weekday => ("WeekdayOf", true),
        ScalarFunction.Day => ("DayOf", true),
        ScalarFunction.Month => ("MonthOf", true),
        ScalarFunction.YearsBetween => ("YearsBetween", true),
        ScalarFunction.SecondsBetween => ("SecondsBetween", false),
        ScalarFunction.DistanceKm => ("DistanceKm", false),
        ScalarFunction.LowerAscii => ("LowerAscii", true),
        ScalarFunction.Fold => ("FoldText", true),
        ScalarFunction.Prefix => ("PrefixOf", true),
        ScalarFunction.Length => ("LengthOf", true),
        ScalarFunction.Part => ("PartOf", true),
        ScalarFunction.StripDigits => ("StripDigits", true),
        ScalarFunction.Host => ("HostOf", true),
        ScalarFunction.Smooth => ("SmoothFloat", true),
        ScalarFunction.CircularSin => ("CircularSin", true),
        ScalarFunction.CircularCos => ("CircularCos", true),
        _ => throw new InvalidOperationException($"no method for {function}"),
    };

    private void LoadParameters(BoundCall node, ScriptType input)
    {
        switch (node.Function)
        {
            case ScalarFunction.Floor or ScalarFunction.Round when input.Kind == TypeKind.Decimal:
                Writer.LoadInt(input.Scale);
                break;
            case ScalarFunction.Decimal when input.Kind == TypeKind.Float:
                Writer.LoadInt((int)node.Parameter1);
                break;
            case ScalarFunction.Decimal:
                Writer.LoadInt(input.Scale);
                Writer.LoadInt((int)node.Parameter1);
                break;
            case ScalarFunction.Prefix:
                Writer.LoadInt((int)node.Parameter1);
                break;
            case ScalarFunction.Part:
                Writer.LoadInt(context.Tables.AddText(node.TextParameter));
                Writer.LoadInt((int)node.Parameter1);
                Writer.LoadInt((int)node.Parameter2);
                break;
            case ScalarFunction.Hour or ScalarFunction.Weekday or ScalarFunction.Day or ScalarFunction.Month
                or ScalarFunction.YearsBetween:
                Writer.LoadInt(context.Tables.Add(node.Zone!));
                break;
            default:
                break;
        }
    }

    private LocalBuilder EmitExtreme(BoundCall node, LocalBuilder[] operands)
    {
        bool isText = node.Type.Kind == TypeKind.String;
        Writer.Load(operands[0]);
        foreach (LocalBuilder operand in operands.AsSpan(1))
        {
            Writer.Load(operand);
            if (isText)
            {
                Writer.LoadFrame();
                context.Call(node.Function + "Text");
            }
            else
            {
                Type type = EmitContext.LocalTypeOf(node.Type);
                Writer.Call(typeof(Math).GetMethod(node.Function.ToString(), [type, type])!);
            }
        }

        LocalBuilder result = context.Rent(node.Type);
        Writer.Store(result);
        return result;
    }

    // Float functions say missing by NaN, text functions by a handle that no text has.
    private void BranchIfMissing(BoundCall node, LocalBuilder result, Label missing)
    {
        if (node.Type.Kind == TypeKind.Float && node.Type.Optional)
        {
            expressions.BranchIfNaN(result, missing);
        }
        else if (node.Function is ScalarFunction.Part or ScalarFunction.Host)
        {
            Writer.Load(result);
            Writer.LoadLong(CompiledFrame.MissingText);
            Writer.BranchIfEqual(missing);
        }
    }
}
