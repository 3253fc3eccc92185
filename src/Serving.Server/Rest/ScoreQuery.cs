using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Serving.Data;

namespace Serving.Server.Rest;

/// <summary>The query of a score request.</summary>
internal sealed class ScoreQuery
{
    private byte[] _language = [];

    /// <summary>Version, 0 for the highest Ready one.</summary>
    public long Version { get; private set; }

    /// <summary>Label of a version, empty without one.</summary>
    public string Label { get; private set; } = "";

    /// <summary>Whether feature values are asked for.</summary>
    public bool WantsFeatures { get; private set; }

    /// <summary>Whether state is read and nothing learned.</summary>
    public bool ScoreOnly { get; private set; }

    /// <summary>UTF-8 language of reasons' texts, empty without one.</summary>
    public ReadOnlySpan<byte> Language => _language;

    /// <summary>Why the query is refused.</summary>
    public ErrorCode Code { get; private set; }

    /// <summary>The same in words.</summary>
    public string Message { get; private set; } = "";

    /// <summary>Reads a query strictly: what is unknown, unreadable or given twice is refused.</summary>
    public static ScoreQuery Read(IQueryCollection query)
    {
        var result = new ScoreQuery();
        foreach (KeyValuePair<string, StringValues> parameter in query)
        {
            if (parameter.Value.Count != 1)
            {
                result.Refuse(ErrorCode.InvalidArgument, $"found parameter '{Shorten(parameter.Key)}' more than once");
                break;
            }

            result.ReadParameter(parameter.Key, parameter.Value[0] ?? "");
        }

        if (result.Version != 0 && result.Label.Length > 0)
        {
            result.Refuse(ErrorCode.InvalidArgument, "found a version and a label, expected one of them");
        }

        return result;
    }

    private static string Shorten(string text) => text.Length > 40 ? text[..40] + "..." : text;

    private static bool TryBool(string text, out bool value)
    {
        value = text is "true" or "1";
        return value || text is "false" or "0";
    }

    private void ReadParameter(string name, string text)
    {
        bool flag = false;
        uint count = 0;
        bool good = name switch
        {
            "version" => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long version)
                && Set(version),
            "features" => TryBool(text, out flag),
            "score_only" => TryBool(text, out flag),
            "language" => true,
            "reasons" => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count),
            "label" => SetLabel(text),
            _ => false,
        };
        if (!good)
        {
            Refuse(
                ErrorCode.InvalidArgument, $"found parameter '{Shorten(name)}' = '{Shorten(text)}', expected version, "
                + "features, reasons or score_only with a number or true or false");
        }
        else if (count > 0)
        {
            Refuse(ErrorCode.Unimplemented, "reasons are not offered by this version of the server");
        }

        WantsFeatures |= name == "features" && flag;
        ScoreOnly |= name == "score_only" && flag;
        _language = name == "language" ? Encoding.UTF8.GetBytes(text) : _language;
    }

    private bool SetLabel(string text)
    {
        Label = text;
        return text.Length > 0;
    }

    private bool Set(long version)
    {
        Version = version;
        return true;
    }

    private void Refuse(ErrorCode code, string message)
    {
        if (Code == ErrorCode.None)
        {
            Code = code;
            Message = message;
        }
    }
}
