using System.Collections.Immutable;
using System.Globalization;
using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>
/// Binds lets and features: families, names of members, encoders, what later expressions see (R23 - R30).
/// </summary>
internal sealed class FeatureBinder(BindingContext context, ExpressionBinder expressions)
{
    private readonly CrossBinder _crosses = new(context, expressions);
    private readonly EncoderBinder _encoders = new(context);

    public BoundLet? BindLet(LetSyntax node)
    {
        Family family = expressions.Bind(node.Value);
        BoundLet? bound = null;
        Family seen = Family.Error;
        if (!family.HasError && IsValue(node, family) && HasRoom(node))
        {
            var cells = family.Members
                .Select(member =>
                    (Cell: context.NewCell(node.Name.Text + member.Suffix, member.Value.Type), member.Value))
                .ToImmutableArray();
            bound = new BoundLet(node.Name.Text, cells);
            seen = new Family([.. family.Members.Select((member, index) =>
                member with { Value = new BoundCell(cells[index].Cell) })]);
        }

        context.Declare(node.Name.Text, new FamilySymbol("a let", seen), node.Keyword);
        return bound;
    }

    public BoundFeature? BindFeature(FeatureSyntax node)
    {
        string name = node.Name.Text;
        if (name == "id")
        {
            context.Diagnostics.Duplicate(node.Keyword, name, "the first column of the output");
        }

        Family family = WithoutParentheses(node.Value) is CallSyntax { Function.Text: "cross" } cross
            ? _crosses.Bind(cross)
            : expressions.Bind(node.Value);
        var members = ImmutableArray.CreateBuilder<BoundFeatureMember>();
        if (!family.HasError)
        {
            foreach (FamilyMember member in family.Members)
            {
                if (BindMember(node, name + member.Suffix, member.Value) is { } bound)
                {
                    members.Add(bound);
                }
            }
        }

        bool complete = !family.HasError && members.Count == family.Members.Length;
        Declare(node, family, complete ? members.ToImmutable() : []);
        return complete ? new BoundFeature(name, members.ToImmutable()) : null;
    }

    // Families of families grow a short text into many values.
    private bool HasRoom(DeclarationSyntax node)
    {
        if (context.CellCount < BindingContext.CellsMax)
        {
            return true;
        }

        context.Diagnostics.WrongArguments(
            node.Keyword,
            string.Create(
                CultureInfo.InvariantCulture,
                $"the script computes more than {BindingContext.CellsMax} values with the members of its families"),
            "split it");
        return false;
    }

    private static ExpressionSyntax WithoutParentheses(ExpressionSyntax node) =>
        node is ParenthesizedSyntax inner ? WithoutParentheses(inner.Inner) : node;

    private bool IsValue(LetSyntax node, Family family)
    {
        ScriptType type = family.Members[0].Value.Type;
        if (type.Kind != TypeKind.Duration && !type.IsEncoded)
        {
            return true;
        }

        context.Diagnostics.WrongType(node.Value.Span, $"a let cannot be {type}");
        return false;
    }

    private BoundFeatureMember? BindMember(FeatureSyntax node, string memberName, BoundExpression value)
    {
        if (!HasRoom(node))
        {
            return null;
        }

        value = value is BoundCross cross ? cross with { Seed = SeedOf(node, memberName) } : value;
        ScriptType type = value.Type;
        if (type.Kind == TypeKind.Duration || type.IsEncoded)
        {
            context.Diagnostics.WrongType(
                node.Value.Span, $"a feature cannot be {type}", "use it in a cross or a comparison");
            return null;
        }

        bool needsEncoder = type.Kind is TypeKind.String or TypeKind.Time or TypeKind.List or TypeKind.Digest;
        if (node.Encoders.Length == 0 && needsEncoder)
        {
            context.Diagnostics.NeedsEncoder(node.Keyword, memberName, type.ToString());
            return null;
        }

        if (_encoders.Bind(node, memberName, type) is not { } chain)
        {
            return null;
        }

        Cell raw = context.NewCell(memberName, type);
        return new BoundFeatureMember(memberName, raw, value, chain, EncodedCells(memberName, raw, chain))
        {
            ColumnNames = ColumnNames(memberName, chain),
        };
    }

    private static ulong SeedOf(FeatureSyntax node, string memberName)
    {
        EncoderArgumentSyntax? salt = node.Encoders.FirstOrDefault()?.Arguments
            .FirstOrDefault(argument => argument.Name?.Text == "salt" && argument.Value.Kind == TokenKind.String);
        return Seeds.Of(salt?.Value.Text ?? memberName);
    }

    private static bool HasSizes(ImmutableArray<BoundEncoder> chain) =>
        chain.Length > 0 && chain[^1].Kind == EncoderKind.Quantiles && chain[^1].Sizes.Length > 1;

    private ImmutableArray<Cell> EncodedCells(string memberName, Cell raw, ImmutableArray<BoundEncoder> chain)
    {
        if (chain.Length == 0)
        {
            return [raw];
        }

        int count = HasSizes(chain) ? chain[^1].Sizes.Length : 1;
        return [.. Enumerable.Range(0, count).Select(_ => context.NewCell(memberName, chain[^1].Output))];
    }

    private static ImmutableArray<string> ColumnNames(string memberName, ImmutableArray<BoundEncoder> chain) =>
        HasSizes(chain)
            ? [.. chain[^1].Sizes.Select(size => string.Create(CultureInfo.InvariantCulture, $"{memberName}_q{size}"))]
            : [memberName];

    private void Declare(FeatureSyntax node, Family family, ImmutableArray<BoundFeatureMember> members)
    {
        string name = node.Name.Text;
        if (members.IsEmpty)
        {
            context.Declare(name, new FamilySymbol("a feature", Family.Error), node.Keyword);
            return;
        }

        bool hasSizes = members[0].Encoded.Length > 1;
        Family seen = new([.. family.Members.Select((member, index) =>
            member with { Value = new BoundCell(members[index].Encoded[0]) })]);
        context.Declare(
            name,
            hasSizes ? new SizesSymbol(members[0].ColumnNames[0]) : new FamilySymbol("a feature", seen),
            node.Keyword);
        foreach (BoundFeatureMember member in members)
        {
            DeclareMember(node, name, member, hasSizes);
        }
    }

    private void DeclareMember(FeatureSyntax node, string featureName, BoundFeatureMember member, bool hasSizes)
    {
        if (member.Name != featureName)
        {
            Symbol symbol = hasSizes
                ? new SizesSymbol(member.ColumnNames[0])
                : new FamilySymbol("a feature", Family.Plain(new BoundCell(member.Encoded[0])));
            context.Declare(member.Name, symbol, node.Keyword);
        }

        for (int size = 0; hasSizes && size < member.ColumnNames.Length; size++)
        {
            Family plain = Family.Plain(new BoundCell(member.Encoded[size]));
            context.Declare(member.ColumnNames[size], new FamilySymbol("a feature", plain), node.Keyword);
        }
    }
}
