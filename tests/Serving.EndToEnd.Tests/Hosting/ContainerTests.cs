using System.Text.RegularExpressions;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Hosting;

/// <summary>Where no container engine runs: what the Dockerfile does, done by hand.</summary>
public sealed class ContainerTests
{
    private const RegexOptions LinePattern =
        RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture;

    private static readonly TimeSpan s_publishing = TimeSpan.FromMinutes(8);
    private static readonly TimeSpan s_serving = TimeSpan.FromMinutes(4);

    /// <summary>
    /// The files that the Dockerfile copies are enough to publish with its own RUN line, and the result serves the
    /// sample models as an unprivileged user and passes the health check.
    /// </summary>
    [Fact]
    public async Task Dockerfile_PublishedByItsOwnSteps_ServesWithoutRoot()
    {
        Assert.SkipWhen(Environment.UserName != "root", "only root can start a program as somebody else");
        Assert.SkipWhen(!File.Exists("/usr/bin/setpriv"), "setpriv (util-linux) is not there");
        string dockerfile = await File.ReadAllTextAsync(Path.Combine(SharedFiles.Repository, "Dockerfile"));
        DirectoryInfo folder = Directory.CreateTempSubdirectory("serving-image-");
        try
        {
            Copy(dockerfile, folder.FullName);
            await PublishAsync(dockerfile, folder.FullName);
            await ServeAsync(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Copy(string dockerfile, string folder)
    {
        Match copied = Regex.Match(dockerfile, @"^COPY (?<files>global\.json .*) \./$", LinePattern);
        Assert.True(copied.Success, "the Dockerfile has no line COPY global.json ... ./");
        foreach (string file in copied.Groups["files"].Value.Split(' '))
        {
            File.Copy(Path.Combine(SharedFiles.Repository, file), Path.Combine(folder, file));
        }

        CopySources(Path.Combine(SharedFiles.Repository, "src"), Path.Combine(folder, "src"));
        CopySources(Path.Combine(SharedFiles.Repository, "models-sample"), Path.Combine(folder, "models"));
    }

    // As .dockerignore says: without build outputs.
    private static void CopySources(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (string inner in Directory.GetDirectories(from)
            .Where(path => Path.GetFileName(path) is not ("bin" or "obj")))
        {
            CopySources(inner, Path.Combine(to, Path.GetFileName(inner)));
        }
    }

    private static async Task PublishAsync(string dockerfile, string folder)
    {
        Match run = Regex.Match(dockerfile, "^RUN (?<command>dotnet publish .*) -o /out$", LinePattern);
        Assert.True(run.Success, "the Dockerfile has no line RUN dotnet publish ... -o /out");
        string output = Path.Combine(folder, "out");
        (int code, string text) = await TestTools.RunAsync(
            "bash", ["-c", $"{run.Groups["command"].Value} -o '{output}'"], s_publishing, folder);
        Assert.True(code == 0, text);
    }

    private static async Task ServeAsync(string folder)
    {
        const string Script = """
            cd / && chmod o+rx "$1"
            as="setpriv --reuid 1654 --regid 1654 --clear-groups --no-new-privs"
            export DOTNET_EnableDiagnostics=0 HOME=/nonexistent
            $as "$1/out/serving" serve --models "$1/models" --http-port 0 --grpc-port 0 --warm-up 0s \
              > "$1/serve.log" 2>&1 &
            server=$!
            for i in $(seq 600); do grep -q '^ready' "$1/serve.log" && break; sleep 0.2; done
            cat "$1/serve.log"
            url=$(sed -n 's/^listening http //p' "$1/serve.log")
            # A check may time out on a busy machine; an engine asks again too.
            for i in $(seq 20); do $as "$1/out/serving" health --url "$url"; code=$?; [ $code = 0 ] && break; done
            kill -TERM $server
            wait $server
            echo "health $code, server $?"
            """;

        (int _, string output) = await TestTools.RunAsync("bash", ["-c", Script, "container", folder], s_serving);

        Assert.True(
            output.Contains("ready models=4", StringComparison.Ordinal)
                && output.Contains("health 0, server 0", StringComparison.Ordinal),
            output);
    }
}
