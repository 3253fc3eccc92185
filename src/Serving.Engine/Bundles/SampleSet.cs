using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Pipeline;

namespace Serving.Engine.Bundles;

/// <summary>
/// The sample requests of a bundle, each with the events that came before it: a sample's windows see its own history
/// and nothing of the other samples. Read alone once it is complete.
/// </summary>
public sealed class SampleSet
{
    private readonly List<ImmutableArray<GivenEvents>> _given = [];

    /// <summary>Makes an empty set of requests of a schema.</summary>
    public SampleSet(RowSchema schema)
        : this(new RowBatch(schema))
    {
    }

    /// <summary>Makes a set of requests without histories.</summary>
    public SampleSet(RowBatch requests)
    {
        Requests = requests;
        for (int row = 0; row < requests.RowCount; row++)
        {
            _given.Add([]);
        }
    }

    /// <summary>The requests, one row for each sample.</summary>
    public RowBatch Requests { get; }

    /// <summary>Number of samples.</summary>
    public int Count => _given.Count;

    /// <summary>
    /// Notes the history of the request that was appended to <see cref="Requests"/> last. To be called once for each.
    /// </summary>
    public void AddGiven(ImmutableArray<GivenEvents> given) => _given.Add(given);

    /// <summary>What a sample's request has behind it; empty without windows.</summary>
    public ImmutableArray<GivenEvents> GivenOf(int sample) => _given[sample];

    /// <summary>One sample by itself.</summary>
    internal SampleSet Single(int sample)
    {
        var single = new SampleSet(Requests.Schema);
        single.Append(this, sample);
        return single;
    }

    /// <summary>Takes a sample of another set of the same schema over.</summary>
    internal void Append(SampleSet other, int sample)
    {
        RowCopy.AppendRow(other.Requests, sample, Requests);
        AddGiven(other.GivenOf(sample));
    }
}
