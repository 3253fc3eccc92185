using System.Text.Json;
using Serving.Engine.Versions;

namespace Serving.Engine.Routing.Durable;

/// <summary>The members of a version's status that are of its open tensor model.</summary>
public static class TensorStatusJson
{
    /// <summary>Writes them into an object that was begun; none where the version has no such model.</summary>
    public static void WriteMembers(Utf8JsonWriter writer, TensorStatus? status)
    {
        if (status is null)
        {
            return;
        }

        writer.WriteString("runs_on", status.RunsOn);
        writer.WriteString("isolation", status.Host.Isolation);
        writer.WriteString("batching", status.Host.Batching);
        writer.WriteBoolean("unchecked", status.IsUnchecked);
        writer.WriteNumber("worker", status.Host.ProcessId);
    }
}
