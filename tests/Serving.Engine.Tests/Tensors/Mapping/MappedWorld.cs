using System.Text;
using Serving.Engine.Bundles;
using Serving.Engine.Tests.Fakes;
using Serving.Testing.Tensors;

namespace Serving.Engine.Tests.Tensors.Mapping;

/// <summary>Bundles of a script before a toy.</summary>
internal sealed class MappedWorld : IDisposable
{
    /// <summary>
    /// Ids that can be read off: below 10 is 2, below 20 is 3, else 4; missing is 0. Code 5 is 3, code 25 is 2.
    /// </summary>
    public const string Script = """
        features s 1;

        request row {
          id: string;
          at: time;
          amount: float?;
          mcc: int;
          vip: bool?;
          codes: list(int, 4);
        } id id, time at;

        feature amount_x = amount;
        feature mcc_b = mcc -> edges(10, 20);
        feature is_vip = vip;
        feature code_b = codes -> hash(5);
        """;

    private readonly BundleFolder _folder = new();

    public ToyFactory Toys { get; } = new();

    public string Models => _folder.Models;

    public void Dispose() => _folder.Dispose();

    public BundleDraft Draft(string toy, string? mapping, string script = Script)
    {
        File.WriteAllText(_folder["m.toy"], toy);
        File.WriteAllText(_folder["s.feat"], script);
        if (mapping is not null)
        {
            File.WriteAllText(_folder["mapping.json"], mapping);
        }

        return BundleDraft.Create(
            new PackRequest
            {
                Name = "m",
                ModelPath = _folder["m.toy"],
                ScriptPath = _folder["s.feat"],
                MappingPath = mapping is null ? null : _folder["mapping.json"],
            },
            TimeProvider.System,
            [Toys]);
    }

    /// <summary>Packs a bundle and gives its path.</summary>
    public string Pack(string toy, string? mapping, string script = Script)
    {
        BundleWriter.WriteTo(Draft(toy, mapping, script), _folder["bundle"]);
        return _folder["bundle"];
    }

    /// <summary>Packs a version under the models folder.</summary>
    public void Publish(string toy, string? mapping) =>
        BundleWriter.WriteToModels(Draft(toy, mapping), "m", Models);

    /// <summary>Raw scores of the rows of JSON lines, one after the other, all in one call of the scorer.</summary>
    public double[] Score(string bundle, string rows)
    {
        var opened = Bundle.Open(bundle, [Toys]);
        var problems = new BundleProblems();
        SampleSet set = SampleFiles.ReadRequests(
            Encoding.UTF8.GetBytes(rows), opened.Rows, opened.Script, "rows", problems);
        problems.ThrowIfAny();
        return
        [
            .. new SampleReplay(opened.Pipeline, SampleCheck.Exact, null).Compute(set, problems)
                .SelectMany(answer => answer.RawScores),
        ];
    }

    /// <summary>A line of a request.</summary>
    public static string Row(string fields) =>
        $$$"""{"request":{"id":"a","at":0,{{{fields}}}}}""" + "\n";
}
