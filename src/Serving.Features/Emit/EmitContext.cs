using System.Reflection.Emit;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Emit;

/// <summary>What the emitters of one program share.</summary>
internal sealed class EmitContext(SlotLayout layout, RuntimeMethods methods)
{
    public CompiledTablesBuilder Tables { get; } = new();

    public RuntimeMethods Methods { get; } = methods;

    /// <summary>The method that is written at present.</summary>
    public IlWriter Writer { get; set; } = null!;

    /// <summary>The slot of a cell.</summary>
    public int SlotOf(Cell cell) => layout.SlotOf(cell);

    /// <summary>The slot of a window value, or of a field of the request beside a record.</summary>
    public int SlotOfBeside(int field) => layout.SlotOfBeside(field);

    /// <summary>How a value of a type lives in a local: floats as double, bools as int, all else as long.</summary>
    public static Type LocalTypeOf(ScriptType type) => type.Kind switch
    {
        TypeKind.Float => typeof(double),
        TypeKind.Bool => typeof(int),
        _ => typeof(long),
    };

    public LocalBuilder Rent(ScriptType type) => Writer.Rent(LocalTypeOf(type));

    public void Call(string runtimeMethod) => Writer.Call(Methods[runtimeMethod]);

    /// <summary>Loads a slot as the local type of a value's type.</summary>
    public void LoadSlot(int slot, ScriptType type)
    {
        Writer.LoadSlot(slot);
        switch (type.Kind)
        {
            case TypeKind.Float:
                Writer.ConvertBitsToDouble();
                break;
            case TypeKind.Bool:
                Writer.ConvertToInt();
                break;
            default:
                break;
        }
    }

    /// <summary>Loads a local as a slot's long.</summary>
    public void LoadAsSlot(LocalBuilder local, ScriptType type)
    {
        Writer.Load(local);
        switch (type.Kind)
        {
            case TypeKind.Float:
                Writer.ConvertDoubleToBits();
                break;
            case TypeKind.Bool:
                Writer.ConvertToLong();
                break;
            default:
                break;
        }
    }
}
