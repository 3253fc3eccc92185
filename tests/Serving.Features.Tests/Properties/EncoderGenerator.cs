using System.Globalization;
using Serving.Data;

namespace Serving.Features.Tests.Properties;

/// <summary>Draws chains of encoders that fit a type (R78).</summary>
internal sealed class EncoderGenerator(Choice choice)
{
    public EncoderChain Draw(ValueType type, bool optional)
    {
        // Only numbers and bools may stand without encoder (R25, R26).
        if ((type.IsNumber || type.Kind == ValueKind.Bool) && choice.OneIn(3))
        {
            return EncoderChain.None with { Optional = optional };
        }

        string text = "";
        int links = type.IsNumber ? choice.Below(3) : 0;
        for (int link = 0; link < links; link++)
        {
            (string encoder, bool fills) = Continuous(canRate: link == 0);
            text += encoder;
            optional &= !fills;
        }

        if (!type.IsNumber && choice.OneIn(3))
        {
            return new EncoderChain(text + Rate(), true, optional, []);
        }

        return links > 0 && choice.OneIn(2)
            ? new EncoderChain(text, true, optional, [])
            : Discrete(text, type, links);
    }

    public string Hash()
    {
        string size = choice.OneIn(6) ? "268435456" : Size();
        return choice.OneIn(4) ? $" -> hash({size}, salt: \"{choice.Of("", "other", "ü")}\")" : $" -> hash({size})";
    }

    public string Vocabulary() => choice.OneIn(2) ? $" -> vocab({Size()})" : $" -> vocab({Size()}, min: 1)";

    private EncoderChain Discrete(string before, ValueType type, int links)
    {
        int kind = choice.Below(type.IsNumber ? 6 : 2);
        bool canBits = type.Kind == ValueKind.Int && links == 0;
        if (canBits && choice.OneIn(4))
        {
            return new EncoderChain($"{before} -> bits({choice.Of(1, 8, 63, 64)})", false, false, []);
        }

        int[] sizes = choice.Of<int[]>([4], [2, 8], [3, 5, 16]);
        string encoder = kind switch
        {
            0 => Hash(),
            1 => Vocabulary(),
            2 => Edges(),
            3 => $" -> quantiles({string.Join(", ", sizes)})",
            4 => " -> widths(5)",
            _ => choice.Of(" -> tree(4)", " -> tree(6, min: 1, monotone: up)", " -> tree(3, monotone: down)"),
        };
        return new EncoderChain(before + encoder, false, false, kind == 3 && sizes.Length > 1 ? sizes : []);
    }

    private (string Text, bool Fills) Continuous(bool canRate) => choice.Below(canRate ? 6 : 5) switch
    {
        0 => ($" -> clip({choice.Of("0, 10", "-2.5, 2.5", "-1e308, 1e300", "-5, -0.0")})", false),
        1 => (" -> standardize", false),
        2 => (" -> minmax", false),
        3 => ($" -> impute({choice.Of("median", "mean", "mode")})", true),
        4 => ($" -> impute({choice.Of("0", "-1.5", "1e300")})", true),
        _ => (Rate(), false),
    };

    private string Rate() => choice.Of(" -> rate", " -> rate(weight: 5)", " -> rate(weight: 0.25)");

    private string Edges()
    {
        double[] edges =
            [.. Enumerable.Range(0, 1 + choice.Below(5)).Select(_ => RowGenerator.Float(choice)).Distinct().Order()];
        return $" -> edges({string.Join(", ", edges.Select(Text))})";
    }

    private string Size() => choice.Of("1", "2", "7", "64", "1000", "1048576");

    // Encoder arguments have no limit on digits, so that the shortest text of a float is one.
    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
