using System.Net.Sockets;
using System.Text;
using Serving.EndToEnd.Tests.Fixtures;

namespace Serving.EndToEnd.Tests.Rest;

/// <summary>HTTP/1.1 requests byte by byte.</summary>
internal static class RawHttp
{
    /// <summary>
    /// Sends bytes and reads until the server closes or has answered; the status, the text, and whether it closed.
    /// </summary>
    public static async Task<(
        int Status, string Text, bool IsClosed)> SendAsync(int port, byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        NetworkStream stream = client.GetStream();
        using var timeout = new CancellationTokenSource(Patience.Longest);
        try
        {
            await stream.WriteAsync(request, timeout.Token);
        }
        catch (IOException)
        {
            // The server answered and closed before it had read all; its answer is still to be read.
        }

        var text = new StringBuilder();
        byte[] buffer = new byte[8192];
        bool isClosed = false;
        try
        {
            while (!IsWhole(text.ToString()))
            {
                int read = await stream.ReadAsync(buffer, timeout.Token);
                if (read == 0)
                {
                    isClosed = true;
                    break;
                }

                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            isClosed = exception is IOException;
        }

        string answer = text.ToString();
        isClosed |= answer.Contains("Connection: close", StringComparison.OrdinalIgnoreCase);
        return (answer.Length < 12 ? 0 : int.Parse(answer.AsSpan(9, 3)), answer, isClosed);
    }

    public static Task<(
        int Status, string Text, bool IsClosed)> SendAsync(int port, string request) =>
        SendAsync(port, Encoding.Latin1.GetBytes(request));

    private static bool IsWhole(string text)
    {
        int head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        int place = text.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        return head > 0 && place > 0 && place < head
            && text.Length - head - 4 >= int.Parse(text[(place + 16)..text.IndexOf('\r', place)]);
    }
}
