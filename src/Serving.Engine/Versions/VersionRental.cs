using System.Text;
using Serving.Data;
using Serving.Engine.Pipeline;

namespace Serving.Engine.Versions;

/// <summary>Takes versions of the published table for requests. Safe for use by several threads.</summary>
internal sealed class VersionRental(VersionControl control)
{
    /// <summary>Takes a version that is served as the call needs it, raw or by rows; FailedPrecondition else.</summary>
    [HotPath]
    public ErrorCode Rent(
        ReadOnlySpan<byte> model, long version, ReadOnlySpan<byte> label, bool isRaw, out ScoringContext? context)
    {
        ErrorCode code = RentAny(model, version, label, out context);
        if (code != ErrorCode.None || (context!.Tensor.Model is not null) == isRaw)
        {
            return code;
        }

        context.Dispose();
        context = null;
        return ErrorCode.FailedPrecondition;
    }

    /// <summary>Takes a version of either kind.</summary>
    [HotPath]
    public ErrorCode RentAny(
        ReadOnlySpan<byte> model, long version, ReadOnlySpan<byte> label, out ScoringContext? context)
    {
        while (true)
        {
            ModelTable table = control.Table;
            ModelEntry? entry = table.Find(model);
            int index = entry is null ? -1 : entry.IndexOfReady(version, label);
            if (index < 0)
            {
                context = null;
                return entry is not null && version == 0 && !label.IsEmpty
                    ? ErrorCode.NotFound
                    : table.WhyNot(model, version);
            }

            // A version that closed between the read of the table and here is never the one of a newer table.
            if (entry!.TryRent(index, version != 0 || !label.IsEmpty, out context))
            {
                return ErrorCode.None;
            }
        }
    }

    /// <summary>A Ready version, for 0 the model's own choice; null where there is none. Not for requests.</summary>
    public ServedVersion? ReadyOf(string model, long version)
    {
        ModelEntry? entry = control.Table.Find(Encoding.UTF8.GetBytes(model));
        int index = entry is null ? -1 : entry.IndexOfReady(version, default);
        return index < 0 ? null : entry!.ReadyAt(index);
    }

    /// <summary>Why a version or label cannot be rented, for people. Names no path.</summary>
    public string Explain(string model, long version, string label)
    {
        ModelTable table = control.Table;
        ModelEntry? entry = table.Find(Encoding.UTF8.GetBytes(model));
        int index = entry?.IndexOfReady(version, Encoding.UTF8.GetBytes(label)) ?? -1;
        return index < 0
            ? table.Explain(model, version, label)
            : !entry!.ReadyAt(index).IsRaw
                ? $"model '{model}' is scored by rows: call Score, or POST /v1/score/{model}"
                : $"model '{model}' is served raw: call Predict, or POST /v1/tensors/{model}";
    }
}
