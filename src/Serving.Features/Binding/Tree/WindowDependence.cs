namespace Serving.Features.Binding.Tree;

/// <summary>
/// Which cells of a script depend on window values, directly or through other cells: they are missing where the state
/// is (R101).
/// </summary>
internal sealed class WindowDependence
{
    private readonly bool[] _depends;

    public WindowDependence(BoundScript script)
    {
        _depends = new bool[script.CellCount];
        foreach (BoundStatement statement in script.Statements)
        {
            switch (statement)
            {
                case BoundLet let:
                    foreach ((Cell cell, BoundExpression value) in let.Members)
                    {
                        _depends[cell.Index] = Reads(value);
                    }

                    break;
                case BoundFeature feature:
                    foreach (BoundFeatureMember member in feature.Members)
                    {
                        Mark(member, Reads(member.Value));
                    }

                    break;
                default:
                    throw new InvalidOperationException($"{statement.GetType().Name} is unknown");
            }
        }
    }

    public bool Of(Cell cell) => _depends[cell.Index];

    private void Mark(BoundFeatureMember member, bool depends)
    {
        _depends[member.Raw.Index] = depends;
        foreach (Cell cell in member.Encoded)
        {
            _depends[cell.Index] = depends;
        }
    }

    private bool Reads(BoundExpression value) => BoundChildren.WithDescendants(value).Any(node =>
        node is BoundWindowValue || (node is BoundCell use && _depends[use.Cell.Index]));
}
