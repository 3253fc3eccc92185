using System.Reflection.Emit;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

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
    private readonly SlotLayout _layout;
    private readonly WindowDependence _dependence;
    private readonly int _lastFrom;
    private readonly List<Action<CompiledFrame>> _steps = [];
    private int _cellsInMethod;

    private ProgramCompiler(
        BoundScript script, SlotLayout layout, FittedStatistics? statistics, RuntimeMethods methods, int lastFrom)
    {
        _layout = layout;
        _lastFrom = lastFrom;
        _dependence = new WindowDependence(script);
        _context = new EmitContext(layout, methods);
        _expressions = new ExpressionEmitter(_context);
        _encoders = new EncoderEmitter(_context, _expressions, statistics);
    }

    /// <summary>Code, tables and string constants of a script.</summary>
    public static CompiledCode Compile(BoundScript script, FittedStatistics? statistics, RuntimeMethods methods) =>
        Compile(script, SlotLayout.Of(script), statistics, methods);

    /// <summary>The same for a script over other rows, laid out in a given way.</summary>
    public static CompiledCode Compile(
        BoundScript script, SlotLayout layout, FittedStatistics? statistics, RuntimeMethods methods) =>
        new ProgramCompiler(script, layout, statistics, methods, int.MaxValue).Compile(script);

    /// <summary>
    /// The same where cells from a number on are filled last and always: those of them that read windows see missing
    /// values where the state is missing, and are not missing themselves.
    /// </summary>
    public static CompiledCode Compile(BoundScript script, FittedStatistics? statistics, int lastFrom) =>
        new ProgramCompiler(script, SlotLayout.Of(script), statistics, RuntimeMethods.Default, lastFrom)
            .Compile(script);

    // What reads windows comes behind the rest, in methods of its own: nothing else reads it, and it is left out for a
    // row whose state is missing.
    private CompiledCode Compile(BoundScript script)
    {
        Action<CompiledFrame>[] steps = EmitSteps(script, cell => !IsLast(cell) && !_dependence.Of(cell));
        Action<CompiledFrame>[] windowSteps = EmitSteps(script, cell => !IsLast(cell) && _dependence.Of(cell));
        Action<CompiledFrame>[] lastSteps = EmitSteps(script, IsLast);
        Cell[] cells = [.. CellsOf(script).Where(cell => !IsLast(cell) && _dependence.Of(cell))];
        return new CompiledCode(
            _layout,
            script.CellCount,
            steps,
            windowSteps,
            [.. cells.Select(_layout.SlotOf)],
            [.. cells.Where(cell => cell.Type is { IsList: true, Element: TypeKind.Id }).Select(_layout.SlotOf)],
            _context.Tables.Build(),
            _context.Tables.Constants)
        {
            LastSteps = lastSteps,
        };
    }

    private bool IsLast(Cell cell) => cell.Index >= _lastFrom;

    private static IEnumerable<Cell> CellsOf(BoundScript script) => script.Statements.SelectMany(statement =>
        statement switch
        {
            BoundLet let => let.Members.Select(member => member.Cell),
            BoundFeature feature => feature.Members.SelectMany(member => member.Encoded.Append(member.Raw)),
            _ => [],
        });

    private Action<CompiledFrame>[] EmitSteps(BoundScript script, Func<Cell, bool> isEmitted)
    {
        _steps.Clear();
        foreach (BoundStatement statement in script.Statements)
        {
            switch (statement)
            {
                case BoundLet let:
                    foreach ((Cell cell, BoundExpression value) in let.Members)
                    {
                        if (isEmitted(cell))
                        {
                            EmitCell(cell, value);
                        }
                    }

                    break;
                case BoundFeature feature:
                    foreach (BoundFeatureMember member in feature.Members)
                    {
                        if (isEmitted(member.Raw))
                        {
                            EmitMember(member);
                        }
                    }

                    break;
                default:
                    throw new InvalidOperationException($"no code for {statement.GetType().Name}");
            }
        }

        EndMethod();
        return [.. _steps];
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
