namespace Serving.NativeModels.Workers;

/// <summary>What a message between server and worker says.</summary>
internal enum WorkerMessageKind : byte
{
    /// <summary>To the server, first on each connection: the slot's number; -1 of the control connection.</summary>
    Hello = 1,

    /// <summary>To the worker: the model, as <see cref="WorkerLoad"/>.</summary>
    Load,

    /// <summary>To the server: what runs the model and what memory it holds.</summary>
    Loaded,

    /// <summary>To the server: why the model cannot be loaded.</summary>
    LoadFailed,

    /// <summary>To the worker: the region to use from now on.</summary>
    Map,

    /// <summary>To the server: it is mapped.</summary>
    Mapped,

    /// <summary>To the worker: signature, time and length of the inputs in the region.</summary>
    Run,

    /// <summary>To the worker: write the last answer once more, into the region it has now.</summary>
    Again,

    /// <summary>To the server: length of the outputs in the region; longer than it: they are not in it.</summary>
    Done,

    /// <summary>To the server: the code and what the runtime said.</summary>
    Failed,

    /// <summary>To the worker, before it has a model: the format whose runtime it is to make ready.</summary>
    Prepare,
}
