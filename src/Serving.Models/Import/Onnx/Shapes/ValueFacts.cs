namespace Serving.Models.Import.Onnx.Shapes;

/// <summary>What is known of the values of a graph and of the graphs around it.</summary>
internal sealed class ValueFacts(ValueFacts? outer)
{
    private readonly Dictionary<string, ValueFact> _facts = new(StringComparer.Ordinal);

    public ValueFact this[string name]
    {
        get
        {
            for (ValueFacts? facts = this; facts is not null; facts = facts.Outer)
            {
                if (facts._facts.TryGetValue(name, out ValueFact? fact))
                {
                    return fact;
                }
            }

            return ValueFact.Unknown;
        }

        set => _facts[name] = value;
    }

    private ValueFacts? Outer { get; } = outer;
}
