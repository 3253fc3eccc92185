using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Emit;
using Serving.Features.Evaluation;
using Serving.Features.Fitting;

namespace Serving.Features.Scoring;

/// <summary>
/// Expressions beside a script, compiled: over the request's fields, the script's lets, its features before their
/// encoders, and the score. Immutable and safe for use by several threads, each with a frame of its own.
/// </summary>
/// <remarks>
/// A row whose state is missing has missing values for all that reads windows (R101); an expression over them is
/// evaluated all the same, so that <c>x is missing</c> is true there.
/// </remarks>
public sealed class ScoredExpressions
{
    private readonly CompiledCode _code;
    private readonly int _scoreSlot;
    private readonly int[] _slots;
    private readonly bool[] _readsScore;

    // For the reference alone.
    private readonly BoundScript _script;
    private readonly Cell _score;
    private readonly FittedStatistics? _statistics;
    private readonly ImmutableArray<BoundExpression> _bound;

    private ScoredExpressions(
        ScoredBinder binder, FittedStatistics? statistics, ImmutableArray<BoundExpression> expressions)
    {
        FittingCells cells = FittingCells.Of(binder.Script, expressions);
        _code = ProgramCompiler.Compile(cells.Script, statistics, lastFrom: binder.Script.CellCount);
        _scoreSlot = _code.Layout.SlotOf(binder.Score);
        _slots = [.. cells.Cells.Select(_code.Layout.SlotOf)];
        _readsScore = [.. expressions.Select(binder.ReadsScore)];
        _script = binder.Script;
        _score = binder.Score;
        _statistics = statistics;
        _bound = expressions;
    }

    /// <summary>How many there are.</summary>
    public int Count => _slots.Length;

    /// <summary>Binds and compiles; null where a finding is an error. Findings are collected in both cases.</summary>
    /// <param name="script">The script.</param>
    /// <param name="statistics">Its statistics, where an expression reads what an encoder gives to a let.</param>
    /// <param name="expressions">The expressions.</param>
    /// <param name="diagnostics">What was found; the path of each is its expression's place.</param>
    public static ScoredExpressions? Bind(
        FeatureScript script,
        FittedStatistics? statistics,
        ImmutableArray<ScoredExpression> expressions,
        out ImmutableArray<Diagnostic> diagnostics) =>
        Bind(ScoredBinder.Of(script), statistics, expressions, out diagnostics);

    /// <summary>The same beside the fields of a request that has no script.</summary>
    public static ScoredExpressions? Bind(
        RowSchema rows,
        ImmutableArray<ScoredExpression> expressions,
        out ImmutableArray<Diagnostic> diagnostics) =>
        Bind(ScoredBinder.Of(rows), null, expressions, out diagnostics);

    /// <summary>Whether an expression names the score.</summary>
    public bool ReadsScore(int expression) => _readsScore[expression];

    /// <summary>Makes the scratch memory of one evaluating thread.</summary>
    public FeatureFrame CreateFrame() => _code.CreateFrame();

    /// <summary>
    /// Evaluates all expressions for one row; the frame then holds their values. Total; allocates nothing after
    /// warm-up.
    /// </summary>
    /// <param name="rows">The request rows.</param>
    /// <param name="windows">Window values of the same rows; null where the script reads none.</param>
    /// <param name="row">The row.</param>
    /// <param name="score">The score; NaN where there is none, which is missing.</param>
    /// <param name="frame">Scratch memory of the calling thread.</param>
    [HotPath]
    public void Evaluate(RowBatch rows, WindowValues? windows, int row, double score, FeatureFrame frame)
    {
        var memory = (CompiledFrame)frame;
        memory.ForgetBeside();
        if (windows is not null)
        {
            memory.LoadBeside(windows.Rows, row);
        }

        memory.Load(rows, row);
        memory.Values[_scoreSlot] = BitConverter.DoubleToInt64Bits(score == 0 ? 0.0 : score);
        memory.Present[_scoreSlot] = !double.IsNaN(score);
        if (windows is not null && windows.IsStateMissing(row))
        {
            _code.RunWithoutState(memory);
        }
        else
        {
            _code.Run(memory);
        }
    }

    /// <summary>Whether a condition was evaluated to true; a missing one is not.</summary>
    [HotPath]
    public bool IsTrue(FeatureFrame frame, int expression)
    {
        var memory = (CompiledFrame)frame;
        int slot = _slots[expression];
        return memory.Present[slot] && memory.Values[slot] != 0;
    }

    /// <summary>The value of a number.</summary>
    [HotPath]
    public double NumberOf(FeatureFrame frame, int expression) =>
        BitConverter.Int64BitsToDouble(((CompiledFrame)frame).Values[_slots[expression]]);

    /// <summary>
    /// The same by the reference interpreter: null where an expression is missing, 0 or 1 for a bool.
    /// </summary>
    internal double? Interpret(RowBatch rows, WindowValues? windows, int row, double score, int expression)
    {
        Value? value = InterpretedRow.OfScript(
            _script, _statistics, rows, row, windows, WithScore(_bound[expression], score));
        return value is null ? null
            : value.Kind == Types.TypeKind.Bool ? (value.IsTrue ? 1 : 0)
            : ExactNumber.Of(value).ToDouble();
    }

    private static ScoredExpressions? Bind(
        ScoredBinder binder,
        FittedStatistics? statistics,
        ImmutableArray<ScoredExpression> expressions,
        out ImmutableArray<Diagnostic> diagnostics)
    {
        ImmutableArray<BoundExpression?> bound = [.. expressions.Select(binder.Bind)];
        diagnostics = binder.Found;
        return bound.Contains(null) ? null : new ScoredExpressions(binder, statistics, bound!);
    }

    private BoundExpression WithScore(BoundExpression value, double score) =>
        value is BoundCell use && use.Cell.Index == _score.Index
            ? new BoundLiteral(Types.ScriptType.Float, BitConverter.DoubleToInt64Bits(score), [])
            : BoundRewriting.WithOperands(value, operand => WithScore(operand, score));
}
