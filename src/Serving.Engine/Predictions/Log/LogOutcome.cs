namespace Serving.Engine.Predictions.Log;

/// <summary>What became of an answer's record; all but the last two are words of the answer.</summary>
public enum LogOutcome : byte
{
    /// <summary>There is no log, or the answer is none of its.</summary>
    None = 0,

    /// <summary>The record is on the disk.</summary>
    Durable = 1,

    /// <summary>The record is on its way to the disk: at most 100 ms of such are lost with the process.</summary>
    Relaxed = 2,

    /// <summary>The log is full and takes no record; the loss is counted.</summary>
    Lost = 3,

    /// <summary>The log does not take the record, or not in time: there is no answer.</summary>
    Refused = 4,

    /// <summary>The record is not on the disk yet: its writer waits.</summary>
    Waiting = 5,
}
