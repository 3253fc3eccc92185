using System.Text;

namespace Serving.Engine.Decisions;

/// <summary>
/// Why a decision was taken: a rule's, a threshold's or the policy's code, and what it says. Immutable.
/// </summary>
public sealed class DecisionReason
{
    private readonly byte[] _codeUtf8;
    private readonly byte[] _textUtf8;

    internal DecisionReason(string code, string text)
    {
        Code = code;
        Text = text;
        _codeUtf8 = Encoding.UTF8.GetBytes(code);
        _textUtf8 = Encoding.UTF8.GetBytes(text);
    }

    /// <summary>The code.</summary>
    public string Code { get; }

    /// <summary>Its text in one language; empty where the bundle has none.</summary>
    public string Text { get; }

    /// <summary>UTF-8 of the code.</summary>
    public ReadOnlySpan<byte> CodeUtf8 => _codeUtf8;

    /// <summary>UTF-8 of the text.</summary>
    public ReadOnlySpan<byte> TextUtf8 => _textUtf8;
}
