namespace Serving.Engine.Predictions.Log;

/// <summary>
/// Reads the records of a log's folder in their order, beside a live server up to the last whole one; what is damaged
/// is noted and passed over. Not safe for use by several threads.
/// </summary>
public sealed class PredictionLogReader
{
    private readonly string _folder;
    private readonly LogKeys? _keys;
    private readonly List<LogProblem> _problems = [];
    private readonly LogRecordReader _reader = new();

    /// <summary>Makes the reader of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="keys">Opens what is encrypted; null leaves it closed.</param>
    public PredictionLogReader(string folder, LogKeys? keys = null)
    {
        _folder = folder;
        _keys = keys;
    }

    /// <summary>What is wrong, as far as was read; all of it behind the last record.</summary>
    public IReadOnlyList<LogProblem> Problems => _problems;

    /// <summary>Segments read.</summary>
    public int Segments { get; private set; }

    /// <summary>Whole records found, the unreadable ones among them.</summary>
    public long Records { get; private set; }

    /// <summary>Whole records that could not be read, since their key or their schema is not there.</summary>
    public long Closed { get; private set; }

    /// <summary>Whether a folder is one of a prediction log.</summary>
    public static bool IsLog(string folder) =>
        Directory.Exists(folder) && LogFiles.List(folder).Count > 0;

    /// <summary>Reads all records; each is shown by its place and the same object.</summary>
    internal IEnumerable<(string Place, LogRecord Record)> Read()
    {
        ulong next = LogFloor.Read(_folder);
        bool isLive = LogHold.IsHeld(_folder);
        List<LogFile> files = LogFiles.List(_folder);
        for (int index = 0; index < files.Count; index++)
        {
            using IFrameSource? frames = SegmentReader.TryOpen(_folder, files[index]);
            if (frames is null)
            {
                continue;
            }

            ulong end = index + 1 < files.Count ? files[index + 1].First : ulong.MaxValue;
            bool isOpen = isLive && index == files.Count - 1;
            using var segment = new SegmentRecords(files[index], frames, end, isOpen, _keys);
            Segments++;
            _reader.BeginSegment(frames.Header?.Key ?? "");
            while (segment.Next(_reader, ref next))
            {
                Records++;
                if (segment.IsReadable)
                {
                    yield return (segment.Place, _reader.Record);
                }
                else
                {
                    Closed++;
                }
            }

            _problems.AddRange(segment.Problems);
        }
    }
}
