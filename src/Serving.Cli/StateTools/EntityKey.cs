using System.Text;
using Serving.Cli.CommandLine;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Windows;
using Serving.Features;
using Serving.State;
using Serving.State.Windows;

namespace Serving.Cli.StateTools;

/// <summary>An entity of a keyed log, named by the values of its key's fields.</summary>
/// <param name="Codec">The log's bytes.</param>
/// <param name="Key">The key.</param>
/// <param name="Event">One row of the event with the key's fields alone.</param>
internal sealed record EntityKey(LogCodec Codec, StateKey Key, RowBatch Event)
{
    /// <summary>Finds the log whose key has the fields that are given.</summary>
    /// <exception cref="UsageException">There is no such event or key, or a value does not fit its field.</exception>
    public static EntityKey Parse(FeatureScript script, string eventName, string[] options)
    {
        EventDeclaration declaration = script.EventNamed(eventName)
            ?? throw new UsageException(
                $"--event {eventName}: the script has no such event; it has {string.Join(", ", script.EventNames)}");
        var rows = new RowBatch(declaration.Schema);
        rows.AddRow();
        var fields = new List<int>();
        foreach (string option in options)
        {
            fields.Add(ReadField(script, declaration, rows, option));
        }

        KeyedLog? log = script.Windows.Logs.FirstOrDefault(candidate =>
            candidate.Event.Schema.Name == eventName && candidate.EventKey.Order().SequenceEqual(fields.Order()));
        if (log is null)
        {
            string[] keys = [.. script.Windows.Logs.Where(known => known.Event.Schema.Name == eventName).Select(
                known => string.Join(", ", known.EventKey.Select(field => declaration.Schema.Fields[field].Name)))];
            throw new UsageException(keys.Length == 0
                ? $"--event {eventName}: no window of the script is over it"
                : $"--key: the windows over '{eventName}' are by {string.Join("; by ", keys)}");
        }

        var codec = new LogCodec(log);
        return codec.TryKeyOfEvent(rows, 0, out StateKey key)
            ? new EntityKey(codec, key, rows)
            : throw new UsageException("--key: a value is missing");
    }

    private static int ReadField(FeatureScript script, EventDeclaration declaration, RowBatch rows, string option)
    {
        int equals = option.IndexOf('=', StringComparison.Ordinal);
        int field = equals <= 0 ? -1 : declaration.Schema.IndexOf(option[..equals]);
        if (field < 0)
        {
            throw new UsageException(
                $"--key {option}: expected FIELD=VALUE with a field of '{declaration.Schema.Name}'");
        }

        FieldType type = declaration.Schema.Fields[field].Type;
        CellFault fault = new CellReader(script.Zone).Read(
            Encoding.UTF8.GetBytes(option[(equals + 1)..]), type, rows, 0, field);
        return fault == CellFault.None
            ? field
            : throw new UsageException($"--key {option}: expected {CellFaultText.Expected(fault, type)}");
    }
}
