using System.Globalization;
using Serving.Features.Syntax;

namespace Serving.Features.Binding;

/// <summary>Reads the arguments of one encoder: positional first, then by name; reports what is wrong (E006).</summary>
internal sealed class EncoderArguments(EncoderSyntax encoder, BindingContext context)
{
    private readonly List<EncoderArgumentSyntax> _positional =
        [.. encoder.Arguments.Where(argument => argument.Name is null)];
    private readonly HashSet<string> _named = [.. encoder.Arguments.Select(argument => argument.Name?.Text ?? "")];

    public int PositionalCount => _positional.Count;

    /// <summary>Whether every problem so far was none.</summary>
    public bool IsValid { get; private set; } = true;

    /// <summary>Checks how many positional arguments there are and which names may stand.</summary>
    public void Expect(int least, int most, params ReadOnlySpan<string> names)
    {
        foreach (EncoderArgumentSyntax argument in encoder.Arguments)
        {
            if (argument.Name is { } name && !names.Contains(name.Text))
            {
                Refuse($"{encoder.Name.Text} has no argument '{name.Text}'");
            }
        }

        if (_positional.Count < least || _positional.Count > most)
        {
            Refuse($"{encoder.Name.Text} takes {Range(least, most)}, not {_positional.Count}");
        }

        if (encoder.Arguments.Count(argument => argument.Name is not null) != _named.Count(name => name.Length > 0))
        {
            Refuse("an argument is named twice");
        }
    }

    /// <summary>A whole number at a place.</summary>
    public long Integer(int place, long least, long most) => Integer(At(place), least, most);

    /// <summary>A whole number by name, or a default.</summary>
    public long Integer(string name, long least, long most, long otherwise) =>
        Find(name) is { } argument ? Integer(argument, least, most) : otherwise;

    /// <summary>A number at a place, as binary64.</summary>
    public double Number(int place) => Number(At(place));

    /// <summary>A number by name, or a default.</summary>
    public double Number(string name, double otherwise) => Find(name) is { } argument ? Number(argument) : otherwise;

    /// <summary>A word at a place, or null where something else stands there.</summary>
    public string? Word(int place) => At(place) is { Value.Kind: TokenKind.Name } argument ? argument.Value.Text : null;

    /// <summary>A word by name out of a choice, or null.</summary>
    public string? Word(string name, params ReadOnlySpan<string> choice)
    {
        if (Find(name) is not { } argument)
        {
            return null;
        }

        if (argument.Value.Kind == TokenKind.Name && choice.Contains(argument.Value.Text))
        {
            return argument.Value.Text;
        }

        Refuse($"'{name}' is one of {string.Join(", ", choice.ToArray())}");
        return null;
    }

    /// <summary>A string by name, or null.</summary>
    public string? Text(string name)
    {
        if (Find(name) is not { } argument)
        {
            return null;
        }

        if (argument.Value.Kind == TokenKind.String)
        {
            return argument.Value.Text;
        }

        Refuse($"'{name}' is a string in quotes");
        return null;
    }

    /// <summary>Reports a wrong argument at the encoder's name.</summary>
    public void Refuse(string message)
    {
        IsValid = false;
        context.Diagnostics.WrongArguments(encoder.Name.Span, message);
    }

    private EncoderArgumentSyntax? At(int place) => place < _positional.Count ? _positional[place] : null;

    private EncoderArgumentSyntax? Find(string name) =>
        encoder.Arguments.FirstOrDefault(argument => argument.Name?.Text == name);

    private long Integer(EncoderArgumentSyntax? argument, long least, long most)
    {
        if (argument is { Value.Kind: TokenKind.Integer }
            && long.TryParse(
                argument.NumberText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            && value >= least && value <= most)
        {
            return value;
        }

        if (argument is not null)
        {
            Refuse($"'{argument.NumberText}' is no whole number from {least} to {most}");
        }

        return least;
    }

    private double Number(EncoderArgumentSyntax? argument)
    {
        if (argument is { Value.Kind: TokenKind.Integer or TokenKind.Real }
            && double.TryParse(argument.NumberText, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && double.IsFinite(value))
        {
            return value + 0.0;
        }

        if (argument is not null)
        {
            Refuse($"'{argument.NumberText}' is no number");
        }

        return 0;
    }

    private static string Range(int least, int most) =>
        (least, most) switch
        {
            (0, 0) => "no arguments",
            (1, 1) => "one argument",
            (_, int.MaxValue) => $"{least} or more arguments",
            _ => least == most ? $"{least} arguments" : $"{least} to {most} arguments",
        };
}
