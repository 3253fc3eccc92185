using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Serving.Data;
using Serving.Engine;
using Serving.Engine.Pipeline;
using Serving.Engine.Versions;
using Serving.Models.Tensors;
using Serving.Protocol.V1;
using Field = Serving.Protocol.V1.Field;

namespace Serving.Server.Hosting;

/// <summary>What is served, as the answers of GetSchema and ListModels. Safe for use by several threads.</summary>
internal sealed class ModelCatalog
{
    private readonly InferenceEngine _engine;

    /// <summary>Makes the catalog of an engine.</summary>
    public ModelCatalog(InferenceEngine engine) => _engine = engine;

    /// <summary>The fields of a version's requests.</summary>
    /// <exception cref="global::Grpc.Core.RpcException">No such version, or none that is Ready.</exception>
    public Schema SchemaOf(string model, long version)
    {
        if (TensorsOf(model, version, out long number) is { } tensors)
        {
            return SchemaOf(model, number, tensors);
        }

        RowSchema? published = PublishedOf(model, version, out long actual, out ErrorCode code);
        if (published is null)
        {
            throw StatusMapping.ToException(code, _engine.Explain(model, version));
        }

        var schema = new Schema { Model = model, Version = actual, Hash = published.Hash };
        schema.Fields.AddRange(
            published.Fields.Select(field => new Field { Name = field.Name, Type = field.Type.ToString() }));
        return schema;
    }

    /// <summary>What a version's tensor model is; null where it is scored by rows, or there is none.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "It is null on the path that does not dispose it.")]
    public TensorModel? TensorsOf(string model, long version, out long actual)
    {
        actual = 0;
        ScoringContext? context = null;
        if (version < 0 || _engine.RentTensors(Encoding.UTF8.GetBytes(model), version, out context) != ErrorCode.None)
        {
            return null;
        }

        using (context)
        {
            actual = context!.Version;
            return context.Tensor.Model;
        }
    }

    private static Schema SchemaOf(string model, long version, TensorModel tensors)
    {
        var schema = new Schema { Model = model, Version = version };
        if (tensors.DefaultSignature >= 0)
        {
            schema.Fields.AddRange(tensors.Signatures[tensors.DefaultSignature].Inputs.Select(
                input => new Field { Name = input.Name, Type = input.TypeText }));
        }

        return schema;
    }

    /// <summary>The published schema of a version, or null and why not.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "It is null on the path that does not dispose it.")]
    public RowSchema? PublishedOf(string model, long version, out long actual, out ErrorCode code)
    {
        actual = 0;
        ScoringContext? context = null;
        code = version < 0 ? ErrorCode.InvalidArgument : _engine.Rent(model, version, out context);
        if (code != ErrorCode.None)
        {
            return null;
        }

        using (context)
        {
            actual = context!.Version;
            return context.Schema.Published;
        }
    }

    /// <summary>Every version that is known.</summary>
    public ListModelsResponse List()
    {
        var response = new ListModelsResponse();
        response.Models.AddRange(Versions.Select(status => new ModelStatus
        {
            Model = status.Model,
            Version = status.Version,
            State = status.State.ToString(),
            Reason = status.Reason,
            RunsOn = status.Tensors?.RunsOn ?? "",
            Isolation = status.Tensors?.Host.Isolation ?? "",
            Batching = status.Tensors?.Host.Batching ?? "",
            Unchecked = status.Tensors?.IsUnchecked ?? false,
            Worker = status.Tensors?.Host.ProcessId ?? 0,
        }));
        return response;
    }

    /// <summary>Every version that is known.</summary>
    public ImmutableArray<VersionStatus> Versions => _engine.Versions;

    /// <summary>Models with a Ready version.</summary>
    public ImmutableArray<string> ReadyModels => _engine.ReadyModels;

    /// <summary>Why a version cannot be had.</summary>
    public string Explain(string model, long version) => _engine.Explain(model, version);
}
