using System.Reflection;
using System.Reflection.Emit;

namespace Serving.Features.Emit;

/// <summary>
/// Writes the IL of one method <c>static void (CompiledFrame)</c>: one named method for each opcode. Between
/// expressions the evaluation stack is empty, so that any of them may branch to a label for missing.
/// </summary>
internal sealed class IlWriter
{
    private static readonly MethodInfo DoubleToBits =
        typeof(BitConverter).GetMethod(nameof(BitConverter.DoubleToInt64Bits), [typeof(double)])!;

    private static readonly MethodInfo BitsToDouble =
        typeof(BitConverter).GetMethod(nameof(BitConverter.Int64BitsToDouble), [typeof(long)])!;

    private static readonly MethodInfo ValuesGetter =
        typeof(CompiledFrame).GetProperty(nameof(CompiledFrame.Values))!.GetMethod!;
    private static readonly MethodInfo PresentGetter =
        typeof(CompiledFrame).GetProperty(nameof(CompiledFrame.Present))!.GetMethod!;

    private readonly DynamicMethod _method;
    private readonly ILGenerator _il;
    private readonly LocalBuilder _values;
    private readonly LocalBuilder _present;

    // Locals that no expression holds at present, by type: reuse keeps methods small enough for the optimiser.
    private readonly Dictionary<Type, Stack<LocalBuilder>> _free = [];

    public IlWriter(string name)
    {
        // The runtime collects a dynamic method with its delegate, so a retired version leaves no code behind.
        _method = new DynamicMethod(
            name, typeof(void), [typeof(CompiledFrame)], typeof(IlWriter).Module, skipVisibility: true);
        _il = _method.GetILGenerator();
        _values = _il.DeclareLocal(typeof(long[]));
        _present = _il.DeclareLocal(typeof(bool[]));
        LoadFrame();
        Call(ValuesGetter);
        Store(_values);
        LoadFrame();
        Call(PresentGetter);
        Store(_present);
    }

    /// <summary>Ends the method and makes it callable.</summary>
    public Action<CompiledFrame> Build()
    {
        _il.Emit(OpCodes.Ret);
        return _method.CreateDelegate<Action<CompiledFrame>>();
    }

    public LocalBuilder Rent(Type type) =>
        _free.TryGetValue(type, out Stack<LocalBuilder>? free) && free.TryPop(out LocalBuilder? local)
            ? local
            : _il.DeclareLocal(type);

    public void Return(LocalBuilder local)
    {
        if (!_free.TryGetValue(local.LocalType, out Stack<LocalBuilder>? free))
        {
            _free[local.LocalType] = free = new Stack<LocalBuilder>();
        }

        free.Push(local);
    }

    public Label NewLabel() => _il.DefineLabel();

    public void Mark(Label label) => _il.MarkLabel(label);

    public void LoadFrame() => _il.Emit(OpCodes.Ldarg_0);

    public void LoadLong(long value) => _il.Emit(OpCodes.Ldc_I8, value);

    public void LoadInt(int value) => _il.Emit(OpCodes.Ldc_I4, value);

    public void LoadDouble(double value) => _il.Emit(OpCodes.Ldc_R8, value);

    public void Load(LocalBuilder local) => _il.Emit(OpCodes.Ldloc, local);

    public void Store(LocalBuilder local) => _il.Emit(OpCodes.Stloc, local);

    public void Call(MethodInfo method) => _il.Emit(OpCodes.Call, method);

    public void Branch(Label target) => _il.Emit(OpCodes.Br, target);

    public void BranchIfFalse(Label target) => _il.Emit(OpCodes.Brfalse, target);

    public void BranchIfTrue(Label target) => _il.Emit(OpCodes.Brtrue, target);

    public void BranchIfEqual(Label target) => _il.Emit(OpCodes.Beq, target);

    public void BranchIfNotEqual(Label target) => _il.Emit(OpCodes.Bne_Un, target);

    public void CompareEqual() => _il.Emit(OpCodes.Ceq);

    public void CompareLess() => _il.Emit(OpCodes.Clt);

    public void CompareGreater() => _il.Emit(OpCodes.Cgt);

    public void And() => _il.Emit(OpCodes.And);

    public void Or() => _il.Emit(OpCodes.Or);

    /// <summary>Turns the int 0 or 1 on the stack into the other.</summary>
    public void Not()
    {
        LoadInt(0);
        CompareEqual();
    }

    public void ConvertToLong() => _il.Emit(OpCodes.Conv_I8);

    public void ConvertToInt() => _il.Emit(OpCodes.Conv_I4);

    public void ConvertDoubleToBits() => Call(DoubleToBits);

    public void ConvertBitsToDouble() => Call(BitsToDouble);

    /// <summary>Loads the slot of a frame as long.</summary>
    public void LoadSlot(int slot)
    {
        Load(_values);
        LoadInt(slot);
        _il.Emit(OpCodes.Ldelem_I8);
    }

    /// <summary>Loads whether a slot holds a value, as int.</summary>
    public void LoadPresent(int slot)
    {
        Load(_present);
        LoadInt(slot);
        _il.Emit(OpCodes.Ldelem_U1);
    }

    /// <summary>Stores a long local into a slot and marks it present.</summary>
    public void StoreSlot(int slot, Action loadLong)
    {
        Load(_values);
        LoadInt(slot);
        loadLong();
        _il.Emit(OpCodes.Stelem_I8);
        StorePresent(slot, true);
    }

    /// <summary>Makes a slot missing.</summary>
    public void StoreMissing(int slot)
    {
        Load(_values);
        LoadInt(slot);
        LoadLong(0);
        _il.Emit(OpCodes.Stelem_I8);
        StorePresent(slot, false);
    }

    private void StorePresent(int slot, bool present)
    {
        Load(_present);
        LoadInt(slot);
        LoadInt(present ? 1 : 0);
        _il.Emit(OpCodes.Stelem_I1);
    }
}
