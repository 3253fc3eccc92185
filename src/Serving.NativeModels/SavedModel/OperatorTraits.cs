using System.Collections.Frozen;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>What running an operator does beside computing its outputs, by name and attributes.</summary>
internal static class OperatorTraits
{
    // Operators that read or write files, run Python, reach the network or another device's host, or end the process.
    private static readonly FrozenSet<string> Outside = FrozenSet.Create(
        "Abort",
        "BigQueryReader", "GenerateBigQueryReaderPartitions", "BigtableClient", "BigtableTable",
        "CSVDataset", "CSVDatasetV2", "ExperimentalCSVDataset", "CacheDataset", "CacheDatasetV2",
        "CloseSummaryWriter", "CreateSummaryDbWriter", "CreateSummaryFileWriter", "FlushSummaryWriter", "ImportEvent",
        "SummaryWriter", "StatsAggregatorSetSummaryWriter", "WriteAudioSummary", "WriteGraphSummary",
        "WriteHistogramSummary", "WriteImageSummary", "WriteRawProtoSummary", "WriteScalarSummary", "WriteSummary",
        "CollectiveAllToAllV2", "CollectiveAllToAllV3", "CollectiveAssignGroupV2", "CollectiveBcastRecv",
        "CollectiveBcastRecvV2", "CollectiveBcastSend", "CollectiveBcastSendV2", "CollectiveGather",
        "CollectiveGatherV2", "CollectiveInitializeCommunicator", "CollectivePermute", "CollectiveReduce",
        "CollectiveReduceScatterV2", "CollectiveReduceV2", "CollectiveReduceV3",
        "DTensorRestoreV2",
        "DataServiceDataset", "DataServiceDatasetV2", "DataServiceDatasetV3", "DataServiceDatasetV4",
        "RegisterDataset", "RegisterDatasetV2",
        "DatasetToTFRecord", "ExperimentalDatasetToTFRecord",
        "DebugGradientIdentity", "DebugGradientRefIdentity", "DebugIdentity", "DebugIdentityV2", "DebugIdentityV3",
        "DebugNanCount", "DebugNumericSummary", "DebugNumericSummaryV2", "DumpTensor",
        "DistributedSave", "EagerPyFunc", "PyFunc", "PyFuncStateless",
        "FileSystemSetConfiguration",
        "FixedLengthRecordDataset", "FixedLengthRecordDatasetV2", "FixedLengthRecordReader",
        "FixedLengthRecordReaderV2",
        "GenerateVocabRemapping", "InitializeTableFromTextFile", "InitializeTableFromTextFileV2",
        "LMDBDataset", "ExperimentalLMDBDataset", "LMDBReader", "ListSnapshotChunksDataset", "LoadAndRemapMatrix",
        "LoadDataset", "MatchingFiles", "MatchingFilesDataset", "ExperimentalMatchingFilesDataset",
        "MergeV2Checkpoints", "ReadFile", "ReaderRead", "ReaderReadUpTo", "ReaderReadUpToV2", "ReaderReadV2",
        "RecordInput", "Recv", "Send", "RemoteCall", "RemoteFusedGraphExecute",
        "Restore", "RestoreSlice", "RestoreV2", "Save", "SaveDataset", "SaveDatasetV2", "SaveSlices", "SaveV2",
        "Rpc", "TryRpc", "RpcCall", "RpcCheckStatus", "RpcClient", "RpcGetValue", "RpcServer", "RpcServerRegister",
        "RpcServerStart",
        "Skipgram", "SnapshotChunkDataset", "SnapshotDataset", "SnapshotDatasetReader", "SnapshotDatasetV2",
        "SnapshotNestedDatasetReader", "SqlDataset", "ExperimentalSqlDataset",
        "TFRecordDataset", "TFRecordDatasetV2", "TFRecordReader", "TFRecordReaderV2",
        "TextLineDataset", "TextLineReader", "TextLineReaderV2", "TfLiteSubgraphExecute",
        "CreateTRTResourceHandle", "InitializeTRTResource", "SerializeTRTResource", "TRTEngineOp",
        "WholeFileReader", "WholeFileReaderV2", "WriteFile");

    // What the saver's own functions consist of beside harmless operators.
    private static readonly FrozenSet<string> Saver = FrozenSet.Create(
        "MergeV2Checkpoints", "Restore", "RestoreSlice", "RestoreV2", "Save", "SaveSlices", "SaveV2");

    // Operators whose effect a later call can see. Variables are read by others, which change nothing.
    private static readonly string[] WritePrefixes =
    [
        "Accumulator", "Apply", "Assign", "Barrier", "CountUpTo", "Iterator", "LookupTableImport", "LookupTableInsert",
        "LookupTableRemove", "MapStage", "MapUnstage", "OrderedMap", "Queue", "ResourceApply", "ResourceAccumulator",
        "ResourceConditional", "ResourceCountUpTo", "ResourceScatter", "ResourceSparseApply", "ResourceStridedSlice",
        "Rng", "ScatterAdd", "ScatterDiv", "ScatterMax", "ScatterMin", "ScatterMul", "ScatterNdAdd", "ScatterNdSub",
        "ScatterNdUpdate", "ScatterSub", "ScatterUpdate", "SparseApply", "Stage", "Stack", "StatefulRandom",
        "StatefulStandardNormal", "StatefulTruncatedNormal", "StatefulUniform", "StridedSliceAssign", "Unstage",
    ];

    private static readonly FrozenSet<string> Random = FrozenSet.Create(
        "AllCandidateSampler", "FixedUnigramCandidateSampler", "LearnedUnigramCandidateSampler",
        "LogUniformCandidateSampler", "Multinomial", "NonDeterministicInts", "ParameterizedTruncatedNormal",
        "RandomGamma", "RandomIndexShuffle", "RandomPoisson", "RandomPoissonV2", "RandomShuffle",
        "RandomStandardNormal", "RandomUniform", "RandomUniformInt", "SampleDistortedBoundingBox",
        "SampleDistortedBoundingBoxV2", "ThreadUnsafeUnigramCandidateSampler", "TruncatedNormal",
        "UniformCandidateSampler", "RandomCrop", "FractionalAvgPool", "FractionalMaxPool", "Timestamp");

    /// <summary>Whether a node reaches outside the process.</summary>
    public static bool IsUnsafe(NodeDef node) => Outside.Contains(node.Op) || node.Op switch
    {
        // Standard streams are harmless; other streams are files.
        "PrintV2" => Text(node, "output_stream").StartsWith("file://", StringComparison.Ordinal),
        "DecodeProtoV2" or "EncodeProto" => Text(node, "descriptor_source") is var source
            && source.Length > 0 && source != "local://" && !source.StartsWith("bytes://", StringComparison.Ordinal),
        "FixedUnigramCandidateSampler" => Text(node, "vocab_file").Length > 0,
        _ => node.Op.Contains("TPU", StringComparison.Ordinal),
    };

    /// <summary>Whether the saver's functions may hold it although it reaches outside.</summary>
    public static bool IsSaver(NodeDef node) => Saver.Contains(node.Op);

    /// <summary>Whether it fills a table from a file.</summary>
    public static bool IsTableFile(NodeDef node) =>
        node.Op is "InitializeTableFromTextFile" or "InitializeTableFromTextFileV2";

    /// <summary>Whether a later call can see that it ran.</summary>
    public static bool IsWrite(NodeDef node)
    {
        foreach (string prefix in WritePrefixes)
        {
            if (node.Op.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether equal inputs may give different outputs.</summary>
    public static bool IsRandom(NodeDef node) => Random.Contains(node.Op) || IsStatefulRandom(node.Op);

    /// <summary>Whether it may run without a bound that the file shows, or wait for something.</summary>
    public static bool MayLoop(NodeDef node) => node.Op is "While" or "StatelessWhile" or "Enter" or "RefEnter"
        or "NextIteration" or "RefNextIteration" or "LoopCond"
        || node.Op.Contains("Queue", StringComparison.Ordinal) || node.Op.Contains("Dataset", StringComparison.Ordinal)
        || node.Op.Contains("Iterator", StringComparison.Ordinal) || node.Op.Contains("Stage", StringComparison.Ordinal)
        || node.Op.Contains("Barrier", StringComparison.Ordinal) || node.Op.Contains("Mutex", StringComparison.Ordinal)
        || node.Op.Contains("Accumulator", StringComparison.Ordinal);

    private static bool IsStatefulRandom(string op) => op.StartsWith("StatefulRandom", StringComparison.Ordinal)
        || op.StartsWith("StatefulStandardNormal", StringComparison.Ordinal)
        || op.StartsWith("StatefulTruncatedNormal", StringComparison.Ordinal)
        || op.StartsWith("StatefulUniform", StringComparison.Ordinal);

    private static string Text(NodeDef node, string attribute) =>
        node.Attr.GetValueOrDefault(attribute) is { ValueCase: AttrValue.ValueOneofCase.S } value
            ? value.S.ToStringUtf8()
            : "";
}
