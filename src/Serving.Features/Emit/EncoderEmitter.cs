using System.Reflection.Emit;
using Serving.Features.Binding.Tree;
using Serving.Features.Emit.Runtime;
using Serving.Features.Fitting;
using Serving.Features.Types;

namespace Serving.Features.Emit;

/// <summary>
/// Emits a feature member's chain of encoders: each step takes the local of the step before, or is reached as missing.
/// </summary>
internal sealed class EncoderEmitter(EmitContext context, ExpressionEmitter expressions, FittedStatistics? statistics)
{
    private readonly HashEmitter _hashes = new(context, expressions);

    private IlWriter Writer => context.Writer;

    /// <summary>Fills the encoded cells of a member from its raw cell.</summary>
    public void Emit(BoundFeatureMember member)
    {
        BoundEncoder last = member.Encoders[^1];
        Label missing = Writer.NewLabel();
        Label end = Writer.NewLabel();
        if (!last.IsDiscrete)
        {
            LocalBuilder value = EmitSteps(member, member.Encoders.Length, missing);
            StoreCell(member.Encoded[0], value);
            Writer.Return(value);
            Writer.Branch(end);
            Writer.Mark(missing);
            Writer.StoreMissing(context.SlotOf(member.Encoded[0]));
            Writer.Mark(end);
            return;
        }

        LocalBuilder input = EmitSteps(member, member.Encoders.Length - 1, missing);
        for (int size = 0; size < member.Encoded.Length; size++)
        {
            LocalBuilder id = EmitDiscrete(member, last, size, input);
            StoreCell(member.Encoded[size], id);
            Writer.Return(id);
        }

        Writer.Return(input);
        Writer.Branch(end);
        Writer.Mark(missing);
        foreach (Cell cell in member.Encoded)
        {
            StoreMissingId(cell);
        }

        Writer.Mark(end);
    }

    /// <summary>The value behind a number of steps of the chain; 0 steps give the raw value.</summary>
    public LocalBuilder EmitSteps(BoundFeatureMember member, int steps, Label missing)
    {
        if (steps == 0)
        {
            return expressions.Emit(new BoundCell(member.Raw), missing);
        }

        BoundEncoder encoder = member.Encoders[steps - 1];
        return encoder.Kind switch
        {
            EncoderKind.Impute => EmitImpute(member, steps, encoder),
            EncoderKind.Rate => EmitRate(member, encoder, EmitSteps(member, steps - 1, missing)),
            _ => EmitContinuous(member, encoder, EmitNumber(member, steps, missing)),
        };
    }

    // What the encoder at a step gets, as a float.
    private LocalBuilder EmitNumber(BoundFeatureMember member, int steps, Label missing)
    {
        LocalBuilder value = EmitSteps(member, steps - 1, missing);
        return ToFloat(value, member.Encoders[steps - 1].Input);
    }

    private LocalBuilder ToFloat(LocalBuilder value, ScriptType type)
    {
        if (type.Kind == TypeKind.Float)
        {
            return value;
        }

        Writer.Load(value);
        if (type.Kind == TypeKind.Decimal)
        {
            Writer.LoadInt(type.Scale);
            context.Call("DecimalToFloat");
        }
        else
        {
            context.Call("IntToFloat");
        }

        Writer.Return(value);
        LocalBuilder result = context.Rent(ScriptType.Float);
        Writer.Store(result);
        return result;
    }

    private LocalBuilder EmitContinuous(BoundFeatureMember member, BoundEncoder encoder, LocalBuilder value)
    {
        Writer.Load(value);
        switch (encoder.Kind)
        {
            case EncoderKind.Clip:
                Writer.LoadDouble(encoder.Numbers[0]);
                Writer.LoadDouble(encoder.Numbers[1]);
                context.Call("ClipFloat");
                break;
            case EncoderKind.Standardize:
                var moments = (FittedMoments)Find(member, encoder);
                Writer.LoadDouble(moments.Mean);
                Writer.LoadDouble(moments.StandardDeviation);
                Writer.LoadFrame();
                context.Call("StandardizeFloat");
                break;
            default:
                var range = (FittedRange)Find(member, encoder);
                Writer.LoadDouble(range.Min);
                Writer.LoadDouble(range.Max);
                Writer.LoadFrame();
                context.Call("MinMaxFloat");
                break;
        }

        Writer.Store(value);
        return value;
    }

    private LocalBuilder EmitImpute(BoundFeatureMember member, int steps, BoundEncoder encoder)
    {
        Label absent = Writer.NewLabel();
        Label end = Writer.NewLabel();
        double fill = encoder.Impute == ImputeMode.Constant
            ? encoder.Constant
            : ((FittedFill)Find(member, encoder)).Value;
        LocalBuilder result = context.Rent(ScriptType.Float);
        LocalBuilder value = EmitNumber(member, steps, absent);
        Writer.Load(value);
        Writer.Store(result);
        Writer.Return(value);
        Writer.Branch(end);
        Writer.Mark(absent);
        Writer.LoadDouble(fill);
        Writer.Store(result);
        Writer.Mark(end);
        return result;
    }

    private LocalBuilder EmitRate(BoundFeatureMember member, BoundEncoder encoder, LocalBuilder value)
    {
        CategoryTable table = RateTable.Of((FittedRates)Find(member, encoder), encoder.Weight);
        EmitLookUp(encoder.Input, value, context.Tables.Add(table));
        Writer.ConvertBitsToDouble();
        Writer.Return(value);
        LocalBuilder result = context.Rent(ScriptType.Float);
        Writer.Store(result);
        return result;
    }

    private LocalBuilder EmitDiscrete(BoundFeatureMember member, BoundEncoder encoder, int size, LocalBuilder input) =>
        encoder.Kind switch
        {
            EncoderKind.Hash => _hashes.EmitHash(encoder, input),
            EncoderKind.Vocab => EmitVocabulary(member, encoder, input),
            EncoderKind.Bits => EmitBits(encoder, input),
            EncoderKind.Edges => EmitBorders(encoder, input, context.Tables.Add(encoder.Numbers)),
            _ => EmitBorders(encoder, input, context.Tables.Add(((FittedBorders)Find(member, encoder)).BySize[size])),
        };

    private LocalBuilder EmitBorders(BoundEncoder encoder, LocalBuilder input, int borders)
    {
        Writer.Load(input);
        if (encoder.Input.Kind == TypeKind.Decimal)
        {
            Writer.LoadInt(encoder.Input.Scale);
            context.Call("DecimalToFloat");
        }
        else if (encoder.Input.Kind == TypeKind.Int)
        {
            context.Call("IntToFloat");
        }

        Writer.LoadInt(borders);
        Writer.LoadFrame();
        context.Call("BucketOfBorders");
        return Store(encoder.Output);
    }

    private LocalBuilder EmitVocabulary(BoundFeatureMember member, BoundEncoder encoder, LocalBuilder input)
    {
        var vocabulary = (FittedVocabulary)Find(member, encoder);
        long[] ids = [.. Enumerable.Range(2, vocabulary.Words.Length).Select(id => (long)id)];
        int table = context.Tables.Add(new CategoryTable(vocabulary.Words, ids, otherwise: 1));
        if (encoder.Input.IsList)
        {
            Writer.Load(input);
            Writer.LoadInt((int)encoder.Input.Element);
            Writer.LoadInt(table);
            Writer.LoadFrame();
            context.Call("CategoriesOfList");
        }
        else
        {
            EmitLookUp(encoder.Input, input, table);
        }

        return Store(encoder.Output);
    }

    private LocalBuilder EmitBits(BoundEncoder encoder, LocalBuilder input)
    {
        Writer.Load(input);
        Writer.LoadInt((int)encoder.Sizes[0]);
        Writer.LoadFrame();
        context.Call("BitsOf");
        return Store(encoder.Output);
    }

    private void EmitLookUp(ScriptType type, LocalBuilder value, int table)
    {
        context.LoadAsSlot(value, type);
        Writer.LoadInt(table);
        Writer.LoadFrame();
        context.Call(type.Kind == TypeKind.String ? "CategoryOfText" : "CategoryOfSlot");
    }

    private LocalBuilder Store(ScriptType type)
    {
        LocalBuilder result = context.Rent(type);
        Writer.Store(result);
        return result;
    }

    private void StoreCell(Cell cell, LocalBuilder value) =>
        Writer.StoreSlot(context.SlotOf(cell), () => context.LoadAsSlot(value, cell.Type));

    // Missing is id 0, and for a list the single id 0 (R74).
    private void StoreMissingId(Cell cell) => Writer.StoreSlot(context.SlotOf(cell), () =>
    {
        if (cell.Type.IsList)
        {
            Writer.LoadFrame();
            context.Call("MissingList");
        }
        else
        {
            Writer.LoadLong(0);
        }
    });

    private FittedEncoder Find(BoundFeatureMember member, BoundEncoder encoder) =>
        statistics!.Find(member.Name, encoder.Position)!;
}
