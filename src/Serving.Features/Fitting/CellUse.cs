using System.Collections.Immutable;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Fitting;

/// <summary>Which cells of a script some expressions need, directly or through other cells.</summary>
internal sealed class CellUse
{
    private readonly bool[] _isNeeded;
    private readonly Dictionary<int, BoundExpression> _values = [];
    private readonly Dictionary<int, BoundFeatureMember> _encoded = [];
    private readonly HashSet<BoundFeatureMember> _members = [];

    private CellUse(BoundScript script)
    {
        _isNeeded = new bool[script.CellCount];
        foreach (BoundStatement statement in script.Statements)
        {
            Register(statement);
        }
    }

    /// <summary>Members whose encoded value is needed.</summary>
    public IReadOnlySet<BoundFeatureMember> EncodedMembers => _members;

    /// <summary>What the expressions need.</summary>
    public static CellUse Of(BoundScript script, ImmutableArray<BoundExpression> wanted)
    {
        var use = new CellUse(script);
        foreach (BoundExpression expression in wanted)
        {
            use.Need(expression);
        }

        return use;
    }

    /// <summary>Whether a cell must be filled.</summary>
    public bool Needs(Cell cell) => _isNeeded[cell.Index];

    private void Register(BoundStatement statement)
    {
        switch (statement)
        {
            case BoundLet let:
                foreach ((Cell cell, BoundExpression value) in let.Members)
                {
                    _values[cell.Index] = value;
                }

                break;
            case BoundFeature feature:
                foreach (BoundFeatureMember member in feature.Members)
                {
                    RegisterMember(member);
                }

                break;
            default:
                throw new InvalidOperationException($"{statement.GetType().Name} is unknown");
        }
    }

    private void RegisterMember(BoundFeatureMember member)
    {
        _values[member.Raw.Index] = member.Value;
        if (member.Encoders.Length > 0)
        {
            foreach (Cell cell in member.Encoded)
            {
                _encoded[cell.Index] = member;
            }
        }
    }

    private void Need(BoundExpression expression)
    {
        if (expression is BoundCell use)
        {
            Need(use.Cell.Index);
        }

        foreach (BoundExpression child in BoundChildren.Of(expression))
        {
            Need(child);
        }
    }

    // A cell that no statement fills is given from outside: the score beside a script.
    private void Need(int cell)
    {
        if (_isNeeded[cell])
        {
            return;
        }

        _isNeeded[cell] = true;
        if (_encoded.TryGetValue(cell, out BoundFeatureMember? member))
        {
            _members.Add(member);
            Need(member.Raw.Index);
        }
        else if (_values.TryGetValue(cell, out BoundExpression? value))
        {
            Need(value);
        }
    }
}
