using System.Reflection.Emit;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Emit;

/// <summary>
/// Compiles the statements of a script to IL. Several statements share a method until it has grown to
/// <see cref="CellsPerMethod"/> cells: few calls a row, and methods that the optimiser still takes whole.
/// </summary>
internal sealed class ProgramCompiler
{
    private const int CellsPerMethod = 24;

    private readonly EmitContext _context;
    private readonly ExpressionEmitter _expressions;
    private readonly EncoderEmitter _encoders;
    private readonly List<Action<CompiledFrame>> _steps = [];
    private int _cellsInMethod;

    private ProgramCompiler(BoundScript script, FittedStatistics? statistics, RuntimeMethods methods)
    {
        _context = new EmitContext(script.Request.Fields.Length, methods);
        _expressions = new ExpressionEmitter(_context);
        _encoders = new EncoderEmitter(_context, _expressions, statistics);
    }

    /// <summary>Code, tables and string constants of a script.</summary>
    public static CompiledCode Compile(BoundScript script, FittedStatistics? statistics, RuntimeMethods methods) =>
        new ProgramCompiler(script, statistics, methods).Compile(script);

    private CompiledCode Compile(BoundScript script)
    {
        foreach (BoundStatement statement in script.Statements)
        {
            switch (statement)
            {
                case BoundLet let:
                    foreach ((Cell cell, BoundExpression value) in let.Members)
                    {
                        EmitCell(cell, value);
                    }

                    break;
                case BoundFeature feature:
                    foreach (BoundFeatureMember member in feature.Members)
                    {
                        EmitMember(member);
                    }

                    break;
                default:
                    throw new InvalidOperationException($"no code for {statement.GetType().Name}");
            }
        }

        EndMethod();
        return new CompiledCode([.. _steps], _context.Tables.Build(), _context.Tables.Constants);
    }

    private void EmitMember(BoundFeatureMember member)
    {
        EmitCell(member.Raw, member.Value);
        if (member.Encoders.Length > 0)
        {
            BeginMethod();
            _encoders.Emit(member);
            _cellsInMethod += member.Encoded.Length;
        }
    }

    private void EmitCell(Cell cell, BoundExpression value)
    {
        BeginMethod();
        IlWriter writer = _context.Writer;
        Label missing = writer.NewLabel();
        Label end = writer.NewLabel();
        LocalBuilder local = _expressions.Emit(value, missing);
        writer.StoreSlot(_context.SlotOf(cell), () => _context.LoadAsSlot(local, cell.Type));
        writer.Return(local);
        writer.Branch(end);
        writer.Mark(missing);
        writer.StoreMissing(_context.SlotOf(cell));
        writer.Mark(end);
        _cellsInMethod++;
    }

    private void BeginMethod()
    {
        if (_cellsInMethod >= CellsPerMethod)
        {
            EndMethod();
        }

        if (_cellsInMethod == 0)
        {
            _context.Writer = new IlWriter($"Features_{_steps.Count}");
        }
    }

    private void EndMethod()
    {
        if (_cellsInMethod > 0)
        {
            _steps.Add(_context.Writer.Build());
            _cellsInMethod = 0;
        }
    }
}
