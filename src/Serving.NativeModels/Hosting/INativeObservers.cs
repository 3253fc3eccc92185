using Serving.NativeModels.Batching;
using Serving.NativeModels.Workers;

namespace Serving.NativeModels.Hosting;

/// <summary>Makes those who are told what hosted models do. Safe for use by several threads.</summary>
public interface INativeObservers
{
    /// <summary>Is told what the batches of a version do.</summary>
    IBatchObserver OfBatches(string model, long version);

    /// <summary>Is told what the workers of a version do: one for each time that it is opened.</summary>
    IWorkerObserver OfWorkers(string model, long version);
}
