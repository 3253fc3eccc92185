using System.Globalization;
using Serving.Protocol.V1;

namespace Serving.Client;

/// <summary>
/// Builds a row by field names from .NET values: decimals and times keep every digit. A null is a missing value. Not
/// safe for use by several threads.
/// </summary>
public sealed class RowBuilder
{
    private readonly Row _row = new();

    /// <summary>Sets a bool.</summary>
    public RowBuilder Set(string field, bool? value) =>
        Set(field, value is { } given ? new Value { BoolValue = given } : new Value());

    /// <summary>Sets an integer; it also fits a float field, a decimal and a time in milliseconds.</summary>
    public RowBuilder Set(string field, long? value) =>
        Set(field, value is { } given ? new Value { IntValue = given } : new Value());

    /// <summary>Sets a float.</summary>
    public RowBuilder Set(string field, double? value) =>
        Set(field, value is { } given ? new Value { FloatValue = given } : new Value());

    /// <summary>Sets a decimal.</summary>
    public RowBuilder Set(string field, decimal? value) =>
        Set(field, value?.ToString(CultureInfo.InvariantCulture));

    /// <summary>Sets a string, or the text of a decimal or a time.</summary>
    public RowBuilder Set(string field, string? value) =>
        Set(field, value is null ? new Value() : new Value { StringValue = value });

    /// <summary>Sets a time; digits beyond milliseconds are cut.</summary>
    public RowBuilder Set(string field, DateTimeOffset? value) =>
        Set(field, value?.ToUnixTimeMilliseconds());

    /// <summary>Sets a list of strings.</summary>
    public RowBuilder Set(string field, IEnumerable<string> values)
    {
        var list = new ListValue();
        list.Items.AddRange(values.Select(value => new Value { StringValue = value }));
        return Set(field, new Value { ListValue = list });
    }

    /// <summary>Sets a value of the contract.</summary>
    public RowBuilder Set(string field, Value value)
    {
        _row.Fields[field] = value;
        return this;
    }

    /// <summary>The row; the builder is not to be used any more.</summary>
    public Row Build() => _row;
}
