using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Pipeline;
using Serving.Features;
using Serving.State;
using Serving.State.Windows;

namespace Serving.Engine.Bundles;

/// <summary>
/// What serves: the events become records of a blob for each key of the sample's request, and the blob is read.
/// </summary>
internal sealed class BlobSampleWindows(WindowStage stage) : ISampleWindows
{
    /// <inheritdoc/>
    public WindowValues Read(SampleSet samples)
    {
        var values = new WindowValues(stage.Plan);
        WindowReader[] readers =
            [.. stage.Logs.Select(log => new WindowReader(log.Codec, stage.ConditionsOf(log.Log)))];
        for (int sample = 0; sample < samples.Count; sample++)
        {
            int row = values.AddRow();
            for (int log = 0; log < readers.Length; log++)
            {
                Read(stage.Logs[log], readers[log], samples, sample, values.Rows, row);
            }
        }

        return values;
    }

    private void Read(WindowLog log, WindowReader reader, SampleSet samples, int sample, RowBatch values, int row)
    {
        RowBatch requests = samples.Requests;
        if (!log.Codec.TryKeyOfRequest(requests, sample, out StateKey key))
        {
            reader.WriteNoKey(values, row);
            return;
        }

        byte[] blob = BlobOf(log, key, samples.GivenOf(sample));
        long time = requests.Get(sample, stage.Request.TimeField);
        ReadStatus status = reader.Read(
            blob.AsSpan(0, blob.Length - StateBatch.Padding), requests, sample, time, values, row);
        if (status != ReadStatus.Ok)
        {
            throw new InvalidOperationException($"a blob that was just written reads as {status}");
        }
    }

    // The events in order of known, equal ones as given (R44); padded, as readers load whole words.
    private static byte[] BlobOf(WindowLog log, in StateKey key, IEnumerable<GivenEvents> given)
    {
        EventDeclaration declaration = log.Log.Event;
        var records = new List<(long Known, byte[] Bytes)>();
        var columns = new RowBatch(log.Program.Columns);
        FeatureFrame frame = log.Program.CreateFrame();
        var record = new RecordBuffer();
        foreach (GivenEvents events in given.Where(events => events.Event == declaration.Schema.Name))
        {
            log.Program.Evaluate(events.Rows, columns, frame);
            for (int row = 0; row < events.Rows.RowCount; row++)
            {
                bool enters = log.Codec.TryKeyOfEvent(events.Rows, row, out StateKey own) && own == key
                    && EventAdmission.Check(declaration, events.Rows, row) == EventVerdict.Accepted;
                if (enters)
                {
                    record.Clear();
                    log.Codec.WriteRecord(events.Rows, row, columns, row, record);
                    records.Add((declaration.KnownOf(events.Rows, row), record.Written.ToArray()));
                }
            }
        }

        if (records.Count == 0)
        {
            return new byte[StateBatch.Padding];
        }

        byte[] header = new byte[BlobHeader.Size];
        BlobHeader.Write(header, 0, log.Codec.Schema, key.Check);
        return [.. header, .. records.OrderBy(item => item.Known).SelectMany(item => item.Bytes),
            .. new byte[StateBatch.Padding]];
    }
}
