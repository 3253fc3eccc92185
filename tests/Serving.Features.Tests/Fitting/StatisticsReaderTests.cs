using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Data;
using Serving.Features.Fitting;
using Serving.Testing;
using Xunit;

namespace Serving.Features.Tests.Fitting;

public sealed class StatisticsReaderTests
{
    private static readonly Lazy<FittedStatistics> Sample = new(() => Scripts.FitColumns(
        "n: int?; f: float; s: string; b: bool; d: decimal(1); y: bool?;",
        """
        feature q = f -> quantiles(2, 3, 4, least: 1);
        feature w = n -> widths(4);
        feature t = f -> tree(3, min: 1);
        feature v = s -> vocab(3, min: 1);
        feature vf = f -> vocab(2, min: 1);
        feature vb = b -> rate;
        feature vd = d -> rate(weight: 2) -> minmax;
        feature z = n -> impute(median) -> standardize;
        label bad = y;
        """,
        "1,0.5,a,true,1.5,true", ",0.25,b,false,2.5,", "9,-4.0,\"\",true,1.5,false", "7,8.0,é\t,false,0.0,true"));

    [Fact]
    public void Read_Written_GivesTheSameBytesAndValues()
    {
        FittedStatistics read = FittedStatistics.Read(Sample.Value.CanonicalJson, "s.json");
        Assert.Equal(Sample.Value.CanonicalJson.ToArray(), read.CanonicalJson.ToArray());
        Assert.Equal(Sample.Value.Sha256, read.Sha256);
        Assert.Equal(Sample.Value.ScriptSha256, read.ScriptSha256);
        Assert.Equal(Sample.Value.FindIdCounts("q_q2"), read.FindIdCounts("q_q2"));
        Assert.Equal(4, read.FindIdCounts("q_q2").Sum());
        Assert.Equal((4L, Sample.Value.LastTime), (read.RowCount, read.LastTime));
        Assert.Equal(
            ((FittedRates)Sample.Value.Find("vd", 0)!).Prior, ((FittedRates)read.Find("vd", 0)!).Prior);
    }

    [Fact]
    public void Read_OtherLayoutOfTheSameJson_IsMadeCanonical()
    {
        string pretty = Tree().ToJsonString(new JsonSerializerOptions { WriteIndented = true });
        Assert.Equal(Sample.Value.Sha256, FittedStatistics.Read(Encoding.UTF8.GetBytes(pretty), "s.json").Sha256);
    }

    [Theory]
    [InlineData("format", "\"other\"", "format")]
    [InlineData("language", "2", "language")]
    [InlineData("script.text", "\"features x 1;\"", "sha256")]
    [InlineData("script.version", "1.5", "script.version")]
    [InlineData("fitting.rows", "-1", "fitting.rows")]
    [InlineData("fitting.first_time", "null", "fitting.first_time")]
    [InlineData("fitting.where", "7", "fitting.where")]
    [InlineData("encoders", "{}", "encoders")]
    [InlineData("q.sizes.0.borders", "[\"0x1.0000000000000p+0\",\"0x1.0000000000000p+0\"]", "ascending")]
    [InlineData("q.sizes.0.borders", "[0.5]", "encoders[0].sizes[0].borders[0]")]
    [InlineData("q.sizes.0.counts", "[1,1]", "a sum of 2")]
    [InlineData("q.sizes.1.size", "2", "ascending sizes")]
    [InlineData("q.sizes.1.merged_into", "\"q\"", "merged_into")]
    [InlineData("q.missing_rate", "0.25", "missing_rate")]
    [InlineData("q.kind", "\"hash\"", "kind")]
    [InlineData("q.extra", "1", "extra")]
    [InlineData("q.position", "99999999", "position")]
    [InlineData("v.words", "[\"a\",\"a\",\"b\"]", "twice")]
    [InlineData("v.words", "[\"b\",\"a\",\"\"]", "out of order")]
    [InlineData("v.words", "[\"a\",\"b\",\"\\ud800\"]", "encoders[2].words[2]")]
    [InlineData("v.counts", "[1,1]", "counts")]
    [InlineData("v.type", "\"text\"", "type")]
    [InlineData("v.member", "\"w\"", "each encoder once")]
    [InlineData("vb.positives", "[9,9]", "no more positives")]
    [InlineData("vb.labelled_rows", "1", "labelled_rows")]
    [InlineData("vb.values", "[true,false]", "out of order")]
    [InlineData("z.value", "\"NaN\"", "value")]
    [InlineData("z.mode", "\"constant\"", "mode")]
    public void Read_Inconsistent_IsRefusedByName(string path, string json, string message)
    {
        JsonObject tree = Tree();
        string[] steps = path.Split('.');
        JsonNode target = tree;
        if (char.IsLower(path[0]) && tree[steps[0]] is null)
        {
            target = tree["encoders"]!.AsArray().First(entry => entry!["member"]!.GetValue<string>() == steps[0])!;
            steps = steps[1..];
        }

        foreach (string step in steps[..^1])
        {
            target = int.TryParse(step, out int index) ? target[index]! : target[step]!;
        }

        target[steps[^1]] = JsonNode.Parse("\"placeholder\"");
        string text = tree.ToJsonString().Replace("\"placeholder\"", json, StringComparison.Ordinal);
        InputException refused = Assert.Throws<InputException>(
            () => FittedStatistics.Read(Encoding.UTF8.GetBytes(text), "s.json"));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.All(refused.Problems, problem => Assert.StartsWith("s.json", problem.Place, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_DamagedBytes_NeverThrowsAnythingElse()
    {
        byte[] good = Sample.Value.CanonicalJson.ToArray();
        var random = new Random(6);
        int refused = 0;
        for (int round = 0; round < 3000; round++)
        {
            byte[] bad = good[..(random.Next(2) == 0 ? good.Length : random.Next(good.Length))];
            for (int change = random.Next(4); change >= 0 && bad.Length > 0; change--)
            {
                int structure = "0123456789\"[]{},:.-e\\"[random.Next(21)];
                bad[random.Next(bad.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : structure);
            }

            try
            {
                FittedStatistics.Read(bad, "s.json");
            }
            catch (InputException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 2500, 3000);
    }

    [Fact]
    public void Read_ManyProblems_ShowsFiftyAndCountsTheRest()
    {
        JsonObject tree = Tree();
        tree["encoders"] = new JsonArray([.. Enumerable.Range(0, 100).Select(_ => (JsonNode)new JsonObject())]);
        InputException refused = Assert.Throws<InputException>(
            () => FittedStatistics.Read(Encoding.UTF8.GetBytes(tree.ToJsonString()), "s.json"));
        Assert.Equal(50, refused.Problems.Length);
        Assert.InRange(refused.ProblemCount, 500, 2000);
    }

    [Fact]
    public void CheckFor_AnotherScript_NamesWhatDoesNotFit()
    {
        FeatureScript other = Scripts.Compile(Scripts.Head + """
            request r { id: string; at: time; n: int?; f: float; s: string; d: int; y: bool?; } id id, time at;
            feature q = f -> quantiles(2, 3);
            feature w = n -> standardize;
            feature t = f -> tree(2);
            feature v = s -> vocab(1);
            feature vd = d -> rate;
            feature new = f -> minmax;
            label bad = y;
            """);
        string all = string.Join('\n', Sample.Value.CheckFor(other.Bound));
        foreach (string expected in new[]
        {
            "'q', encoder 0: found borders of 3 sizes", "'w', encoder 0: found statistics of another",
            "'v', encoder 0: found 3 words",
            "'vd', encoder 0: found values of type decimal(1)", "'new', encoder 0: found nothing",
            "'z', encoder 1: found statistics",
        })
        {
            Assert.Contains(expected, all, StringComparison.Ordinal);
        }
    }

    // The published schema and the writer must not drift apart: every name that is written has a place there.
    [Fact]
    public void Schema_NamesOfAWrittenFile_AreAllDeclared()
    {
        using JsonDocument schema = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(SharedFiles.Repository, "docs", "statistics.schema.json")));
        var declared = new HashSet<string>(StringComparer.Ordinal);
        Collect(schema.RootElement, declared);
        var written = new HashSet<string>(StringComparer.Ordinal);
        NamesOf(Tree(), written);
        Assert.Empty(written.Except(declared));

        // Only what exceeded the fit's memory is sketched.
        Assert.Empty(declared.Except(written).Except(["$comment", "sketch"]));
    }

    private static void Collect(JsonElement schema, HashSet<string> declared)
    {
        if (schema.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in schema.EnumerateObject())
            {
                if (member.Name == "properties")
                {
                    declared.UnionWith(member.Value.EnumerateObject().Select(property => property.Name));
                }

                Collect(member.Value, declared);
            }
        }
        else if (schema.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in schema.EnumerateArray())
            {
                Collect(item, declared);
            }
        }
    }

    private static void NamesOf(JsonNode? node, HashSet<string> names)
    {
        if (node is JsonObject members)
        {
            foreach ((string name, JsonNode? value) in members)
            {
                names.Add(name);
                NamesOf(value, names);
            }
        }
        else if (node is JsonArray items)
        {
            foreach (JsonNode? item in items)
            {
                NamesOf(item, names);
            }
        }
    }

    private static JsonObject Tree() => JsonNode.Parse(Sample.Value.CanonicalJson.Span)!.AsObject();
}
