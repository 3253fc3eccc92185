using System.Collections.Immutable;
using Serving.Features.Binding;
using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;

namespace Serving.Features.Scoring;

/// <summary>
/// Names of expressions beside a script: fields of the request, lets, features before their encoders, and the score,
/// which hides a field, let or feature of its name.
/// </summary>
internal sealed class ScoredScope : INameScope
{
    public const string ScoreName = "score";

    private readonly BindingContext _context;
    private readonly RequestScope _script;
    private readonly BoundCell _score;

    // The raw cell of each encoded one, and of each member of a feature by name.
    private readonly Dictionary<int, Cell> _rawOf = [];
    private readonly Dictionary<string, Cell> _rawByName = [];

    private readonly WindowDependence _dependence;

    public ScoredScope(
        BindingContext context, ImmutableArray<BoundStatement> statements, WindowDependence dependence, Cell score)
    {
        _dependence = dependence;
        _context = context;
        _script = new RequestScope(context, readsLabelFields: false);
        _score = new BoundCell(score);
        foreach (BoundFeatureMember member in statements.OfType<BoundFeature>().SelectMany(item => item.Members))
        {
            _rawByName[member.Name] = member.Raw;
            foreach (Cell encoded in member.Encoded)
            {
                _rawOf[encoded.Index] = member.Raw;
            }
        }
    }

    public Family BindWindowCall(CallSyntax call)
    {
        _context.Diagnostics.WrongArguments(
            call.Span, "windows are read by the script alone", "name the value in a let of the script");
        return Family.Error;
    }

    public Family BindReference(ReferenceSyntax node)
    {
        string name = node.Name.Text;
        if (!node.OfNow && node.Pick is null && name == ScoreName)
        {
            return Family.Plain(_score);
        }

        // A feature of several sizes has no encoded value of its name; the one before its encoders is the same for all.
        if (!node.OfNow && node.Pick is null && _context.Find(name) is SizesSymbol
            && _rawByName.TryGetValue(name, out Cell? raw))
        {
            return Family.Plain(UseOf(raw));
        }

        return _script.BindReference(node).Select(RawOf);
    }

    private BoundExpression RawOf(BoundExpression value) =>
        value is BoundCell use ? UseOf(_rawOf.GetValueOrDefault(use.Cell.Index, use.Cell)) : value;

    // Where the state is missing every cell that reads windows is, whatever its type (R101).
    private BoundCell UseOf(Cell cell) =>
        new(_dependence.Of(cell) ? cell with { Type = cell.Type.With(optional: true) } : cell);
}
