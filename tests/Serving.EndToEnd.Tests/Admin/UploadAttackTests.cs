using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Serving.EndToEnd.Tests.Admin;

/// <summary>
/// Hostile bundles through the admin API of a real server (hardening.md, section 2 G): 400 with what is wrong, nothing
/// in the models folder, and the server serves on.
/// </summary>
public sealed class UploadAttackTests : IAsyncLifetime
{
    private readonly AdminWorld _world = new();

    public ValueTask InitializeAsync() => new(_world.StartAsync());

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData("71: way up", "../evil.json")]
    [InlineData("71: absolute", "/evil.json")]
    [InlineData("71: drive", "C:evil.json")]
    [InlineData("71: backslash", "..\\evil.json")]
    [InlineData("74: twice", "manifest.json")]
    [InlineData("75: extra file", "evil.json")]
    [InlineData("87: code", "evil.so")]
    public Task Bundle_WithAnEntryOfAName_IsRefused(string attack, string entry) => RefusedAsync(attack, bytes =>
        Change(bytes, archive => Write(archive, entry, "{}"u8.ToArray())));

    [Fact]
    public Task Bundle_WithALink_IsRefused() => RefusedAsync("72: link", bytes => Change(bytes, archive =>
    {
        ZipArchiveEntry link = archive.CreateEntry("linear.link");
        link.ExternalAttributes = unchecked((int)0xA1FF0000);
        using Stream stream = link.Open();
        stream.Write("/etc/passwd"u8);
    }));

    [Fact]
    public Task Bundle_ThatInflatesWithoutEnd_IsRefused() => RefusedAsync("73: bomb", bytes => Change(
        bytes, archive => Write(archive, "bomb.json", new byte[64 << 20])));

    [Fact]
    public Task Bundle_OfTooManyFiles_IsRefused() => RefusedAsync("73: entries", bytes => Change(bytes, archive =>
    {
        for (int file = 0; file < 1_100; file++)
        {
            Write(archive, $"f{file}.json", "{}"u8.ToArray());
        }
    }));

    [Fact]
    public Task Manifest_WithDoubledKeys_IsRefused() => RefusedAsync(
        "76: doubled keys", bytes => Manifest(bytes, text => "{\"name\":\"x\"," + text[1..]));

    [Fact]
    public Task Manifest_OfAFutureFormat_IsRefused() => RefusedAsync(
        "76: future", bytes => Manifest(bytes, text => text.Replace("\"format_version\":1", "\"format_version\":2")));

    [Fact]
    public Task Manifest_OfGreatDepth_IsRefused() => RefusedAsync(
        "76: depth", bytes => Manifest(bytes, _ => new string('[', 10_000) + new string(']', 10_000)));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("99999999999999999999")]
    public Task Manifest_WithAVersionThatIsNone_IsRefused(string version) => RefusedAsync(
        "85: version", bytes => Manifest(bytes, text => text.Replace("\"version\":2", $"\"version\":{version}")));

    [Fact]
    public Task File_ThatIsNoBundle_IsRefused() => RefusedAsync("garbage", _ => RandomNumberGenerator.GetBytes(5_000));

    [Fact]
    public async Task Bundle_CutAtManyPlaces_IsRefused()
    {
        byte[] whole = await File.ReadAllBytesAsync(_world.Folder.Pack("pay", 2));
        for (int part = 1; part < 12; part++)
        {
            await RefusedAsync($"82: cut at {part}/12", _ => whole[..(whole.Length * part / 12)]);
        }
    }

    [Fact]
    public async Task Body_ThatIsTooLongOrTooDeep_IsRefused()
    {
        string longText = $"{{\"split\": {{\"1\": 100}}, \"by\": \"{new string('x', 70_000)}\"}}";
        Assert.Equal(413, (await _world.SendAsync("PUT", "/models/pay/traffic", longText)).Status);
        string deep = $"{{\"by\": {new string('[', 1_000)}{new string(']', 1_000)}}}";
        Assert.Equal(400, (await _world.SendAsync("PUT", "/models/pay/traffic", deep)).Status);
        Assert.Equal(400, (await _world.SendAsync("PUT", "/models/pay/traffic", "{\"by\": \"\\ud800\"}")).Status);
    }

    private async Task RefusedAsync(string attack, Func<byte[], byte[]> change)
    {
        byte[] bytes = change(await File.ReadAllBytesAsync(_world.Folder.Pack("pay", 2)));
        string file = Path.Combine(_world.Folder.Root, "attack.bundle");
        await File.WriteAllBytesAsync(file, bytes);
        AdminReply reply = await _world.UploadAsync(file);
        Assert.True(reply.Status == 400, $"{attack}: {reply.Status} {reply.Text}");
        Assert.True(reply.Json.GetProperty("problems").GetArrayLength() > 0, attack);
        Assert.Equal(["1"], Directory.EnumerateFileSystemEntries(Path.Combine(_world.Folder.Models, "pay"))
            .Select(Path.GetFileName));
        Assert.Equal(200, (await _world.SendAsync("GET", "/models/pay")).Status);
    }

    private static byte[] Manifest(byte[] bytes, Func<string, string> change) => Change(bytes, archive =>
    {
        ZipArchiveEntry old = archive.GetEntry("manifest.json")!;
        string text;
        using (var reader = new StreamReader(old.Open()))
        {
            text = reader.ReadToEnd();
        }

        old.Delete();
        string changed = change(text);
        Assert.NotEqual(text, changed);
        Write(archive, "manifest.json", Encoding.UTF8.GetBytes(changed));
    });

    private static byte[] Change(byte[] bytes, Action<ZipArchive> change)
    {
        using var stream = new MemoryStream();
        stream.Write(bytes);
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            change(archive);
        }

        return stream.ToArray();
    }

    private static void Write(ZipArchive archive, string name, byte[] content)
    {
        ZipArchiveEntry entry = archive.CreateEntry(name);
        using Stream stream = entry.Open();
        stream.Write(content);
    }
}
