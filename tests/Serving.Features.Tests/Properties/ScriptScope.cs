namespace Serving.Features.Tests.Properties;

/// <summary>What expressions of a drawn script can name so far.</summary>
internal sealed class ScriptScope
{
    public List<GeneratedExpression> Values { get; } =
    [
        new("at", ValueType.Time, false), new("u", ValueType.Time, true), new("n", ValueType.Int, false),
        new("m", ValueType.Int, true), new("f", ValueType.Float, false), new("g", ValueType.Float, true),
        new("c", ValueType.Decimal(2), false), new("d", ValueType.Decimal(2), true),
            new("e", ValueType.Decimal(9), true),
        new("k", ValueType.Decimal(0), true), new("s", ValueType.String, false), new("t", ValueType.String, true),
        new("id", ValueType.String, false), new("b", ValueType.Bool, false), new("p", ValueType.Bool, true),
    ];

    /// <summary>Features whose last encoder is discrete: ids (R23).</summary>
    public List<string> Ids { get; } = [];

    /// <summary>Features that are lists of ids.</summary>
    public List<string> ListIds { get; } = [];

    public void Add(GeneratedExpression value) => Values.Add(value);

    /// <summary>A feature stands for its id, its encoded float, or without encoder for its plain value (R23).</summary>
    public void AddFeature(string name, GeneratedExpression value, EncoderChain chain)
    {
        if (chain.Sizes.Count > 0)
        {
            Ids.AddRange(chain.Sizes.Select(size => $"{name}_q{size}"));
        }
        else if (chain.IsList)
        {
            ListIds.Add(name);
        }
        else if (!chain.IsContinuous)
        {
            Ids.Add(name);
        }
        else
        {
            Add(chain.Text.Length == 0
                ? value with { Text = name, IsLiteral = false }
                : new GeneratedExpression(name, ValueType.Float, chain.Optional));
        }
    }
}
