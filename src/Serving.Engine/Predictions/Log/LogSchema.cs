using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// What the frames of one version's answers, or of one ingested event, hold: names and types. Written into every
/// segment before the first frame that needs it. Immutable.
/// </summary>
internal sealed record LogSchema
{
    /// <summary>Number by which frames name it, unique among those of one process.</summary>
    public required uint Id { get; init; }

    /// <summary>Name of the model; empty for an ingested event.</summary>
    public string Model { get; init; } = "";

    /// <summary>Version of the model; 0 for an ingested event.</summary>
    public long Version { get; init; }

    /// <summary>Name of the feature set; empty without a script.</summary>
    public string Set { get; init; } = "";

    /// <summary>Name of the request's event, or of the ingested one.</summary>
    public required string Event { get; init; }

    /// <summary>The request's published fields, or the event's.</summary>
    public required RowSchema Request { get; init; }

    /// <summary>Place of the id in <see cref="Request"/>; -1 without one.</summary>
    public int IdField { get; init; } = -1;

    /// <summary>The features before encoders; without fields for an ingested event.</summary>
    public RowSchema Features { get; init; } = new("", []);

    /// <summary>Names of the events whose logs a state entry names by its place.</summary>
    public ImmutableArray<string> Events { get; init; } = [];

    /// <summary>Writes the payload of a schema frame.</summary>
    public void Write(LogBytes bytes)
    {
        bytes.WriteUInt32(Id);
        bytes.WriteText(Model);
        bytes.WriteInt64(Version);
        bytes.WriteText(Set);
        bytes.WriteText(Event);
        bytes.WriteUInt32((uint)(IdField + 1));
        WriteFields(bytes, Request);
        WriteFields(bytes, Features);
        bytes.WriteVarint((uint)Events.Length);
        foreach (string name in Events)
        {
            bytes.WriteText(name);
        }
    }

    /// <summary>Reads the payload of a schema frame; null where it is none.</summary>
    public static LogSchema? Read(ReadOnlySpan<byte> payload)
    {
        var bytes = new LogReadBytes(payload);
        uint id = bytes.ReadUInt32();
        string model = bytes.ReadText();
        long version = bytes.ReadInt64();
        string set = bytes.ReadText();
        string name = bytes.ReadText();
        int idField = (int)bytes.ReadUInt32() - 1;
        RowSchema? request = ReadFields(ref bytes, name);
        RowSchema? features = ReadFields(ref bytes, name);
        var events = ImmutableArray.CreateBuilder<string>();
        uint count = bytes.ReadVarint();
        for (uint index = 0; index < count && !bytes.IsWrong; index++)
        {
            events.Add(bytes.ReadText());
        }

        if (bytes.IsWrong || request is null || features is null || idField >= request.Fields.Length)
        {
            return null;
        }

        return new LogSchema
        {
            Id = id,
            Model = model,
            Version = version,
            Set = set,
            Event = name,
            IdField = idField,
            Request = request,
            Features = features,
            Events = events.ToImmutable(),
        };
    }

    private static void WriteFields(LogBytes bytes, RowSchema schema)
    {
        bytes.WriteVarint((uint)schema.Fields.Length);
        foreach (Field field in schema.Fields)
        {
            bytes.WriteText(field.Name);
            bytes.WriteByte((byte)field.Type.Kind);
            bytes.WriteByte(field.Type.Optional ? (byte)1 : (byte)0);
            bytes.WriteByte(field.Type.Scale);
            bytes.WriteByte((byte)field.Type.ElementKind);
            bytes.WriteUInt32((uint)field.Type.ListMaximum);
        }
    }

    private static RowSchema? ReadFields(ref LogReadBytes bytes, string name)
    {
        uint count = bytes.ReadVarint();
        var fields = ImmutableArray.CreateBuilder<Field>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (uint index = 0; index < count && !bytes.IsWrong; index++)
        {
            string field = bytes.ReadText();
            var kind = (ValueKind)bytes.ReadByte();
            bool isOptional = bytes.ReadByte() != 0;
            byte scale = Math.Min(bytes.ReadByte(), (byte)FieldType.ScaleMax);
            var element = (ValueKind)bytes.ReadByte();
            int maximum = (int)bytes.ReadUInt32();
            if (kind is ValueKind.None or > ValueKind.Digest || element is ValueKind.List or > ValueKind.Digest
                || !names.Add(field))
            {
                return null;
            }

            fields.Add(new Field(field, new FieldType(kind, isOptional, scale, element, maximum)));
        }

        return bytes.IsWrong ? null : new RowSchema(name, fields.ToImmutable());
    }
}
