using System.Buffers;
using System.Text.Json;
using Serving.Engine.Routing;
using Serving.Engine.Routing.Durable;
using Xunit;

namespace Serving.Engine.Tests.Routing.Durable;

public sealed class TrafficStateJsonTests
{
    [Fact]
    public void State_WithAllThereIs_ComesBackEqual()
    {
        TrafficState again = Read(Write(ControlStates.Full));

        // Collections compare by reference, so the text says whether all of it is there.
        Assert.Equal(Write(ControlStates.Full), Write(again));
        Assert.Equal(ControlStates.Full.Last, again.Last);
        Assert.Equal(ControlStates.Full.Guard, again.Guard);
        Assert.Equal(ControlStates.Full.Plan!.Steps, again.Plan!.Steps);
        Assert.Equal(ControlStates.Full.Split, again.Split);
    }

    [Fact]
    public void State_OfOneVersion_HasTheMembersOfATable()
    {
        string text = Write(ControlStates.Plain("m", 3));
        Assert.StartsWith(
            """{"model":"m","generation":3,"by":null,"split":{"7":100},"shadow":{}"""
            + """,  "labels":{"stable":7,"canary":null,"previous":null},""".Replace(" ", ""),
            text,
            StringComparison.Ordinal);
        Assert.Equal(text, Write(Read(text)));
    }

    private static string Write(TrafficState state)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            TrafficStateJson.Write(writer, state);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static TrafficState Read(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return TrafficStateJson.Read(document.RootElement);
    }
}
