using System.Collections.Immutable;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Text;

namespace Serving.Features.Linting;

/// <summary>
/// Warns of ratios over events that become known late (labels) and have no <c>delay</c>: of the youngest requests only
/// the quick labels are known, so that the ratio is biased, and differently for every label's speed (section 3.5).
/// </summary>
internal sealed class RatioLinter(BoundScript script, DiagnosticBag diagnostics)
{
    // What windows a cell reads, through lets and features.
    private readonly Dictionary<int, ImmutableArray<BoundWindowCall>> _readByCell = [];

    /// <summary>Looks at a statement's values. REQUIRES: statements come in the script's order.</summary>
    public void Lint(BoundStatement statement, TextSpan place)
    {
        IEnumerable<(ImmutableArray<Cell> Cells, BoundExpression Value)> members = statement switch
        {
            BoundLet let => let.Members.Select(member => (ImmutableArray.Create(member.Cell), member.Value)),
            BoundFeature feature => feature.Members.Select(
                member => (member.Encoded.Add(member.Raw), member.Value)),
            _ => [],
        };
        foreach ((ImmutableArray<Cell> cells, BoundExpression value) in members)
        {
            foreach (Cell cell in cells)
            {
                _readByCell[cell.Index] = ReadBy(value);
            }

            foreach (BoundExpression node in BoundChildren.WithDescendants(value))
            {
                if (RatioOf(node).FirstOrDefault(IsImmature) is { } call)
                {
                    Warn(call, place);
                }
            }
        }
    }

    private void Warn(BoundWindowCall call, TextSpan place) => diagnostics.Warn(
        "W230",
        place,
        $"a ratio over {call.Window.Event.Schema.Name}, whose events become known late, without a delay: window "
            + $"'{call.Window.Name}' holds times of which only a part is known yet",
        $"add e.g. delay 7d to '{call.Window.Name}' and to what it is compared with");

    // The windows of a quotient: both sides of a division read some, or smooth or share do.
    private IEnumerable<BoundWindowCall> RatioOf(BoundExpression node)
    {
        switch (node)
        {
            case BoundArithmetic { Operator: ArithmeticOperator.Divide } quotient:
                ImmutableArray<BoundWindowCall> left = ReadBy(quotient.Left);
                ImmutableArray<BoundWindowCall> right = ReadBy(quotient.Right);
                return left.IsEmpty || right.IsEmpty ? [] : left.AddRange(right);
            case BoundCall { Function: ScalarFunction.Smooth } smooth:
                return ReadBy(smooth);
            case BoundWindowValue read:
                BoundWindowCall call = script.WindowCalls[read.Slot];
                return call.Function == WindowFunction.Share ? [call] : [];
            default:
                return [];
        }
    }

    private static bool IsImmature(BoundWindowCall call) =>
        !call.Window.Event.IsRequest
        && (call.Window.Event.KnownField >= 0 || call.Window.Event.LagMs > 0)
        && call.Bounds.DelayMs == 0;

    private ImmutableArray<BoundWindowCall> ReadBy(BoundExpression value) =>
    [
        .. BoundChildren.WithDescendants(value).SelectMany(node => node switch
        {
            BoundWindowValue read => [script.WindowCalls[read.Slot]],
            BoundCell cell => _readByCell.GetValueOrDefault(cell.Cell.Index, []),
            _ => ImmutableArray<BoundWindowCall>.Empty,
        }).Distinct(),
    ];
}
