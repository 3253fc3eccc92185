namespace Serving.Features.Emit;

/// <summary>What compiling a script gives.</summary>
/// <param name="Layout">Where values live.</param>
/// <param name="CellCount">Number of cells.</param>
/// <param name="Steps">Methods to call in order.</param>
/// <param name="WindowSteps">Methods to call behind them where the state is there (R101).</param>
/// <param name="WindowSlots">Slots that those fill.</param>
/// <param name="WindowIdLists">Those of them that hold lists of ids.</param>
/// <param name="Tables">Tables that emitted code refers to.</param>
/// <param name="Constants">Bytes of string constants.</param>
internal sealed record CompiledCode(
    SlotLayout Layout,
    int CellCount,
    Action<CompiledFrame>[] Steps,
    Action<CompiledFrame>[] WindowSteps,
    int[] WindowSlots,
    int[] WindowIdLists,
    CompiledTables Tables,
    byte[] Constants)
{
    /// <summary>Methods to call at the end, whether the state is there or not.</summary>
    public Action<CompiledFrame>[] LastSteps { get; init; } = [];

    public CompiledFrame CreateFrame() => new(Layout, CellCount, Constants, Tables);

    /// <summary>Fills the cells of the row that was loaded.</summary>
    public void Run(CompiledFrame frame)
    {
        foreach (Action<CompiledFrame> step in Steps)
        {
            step(frame);
        }

        foreach (Action<CompiledFrame> step in WindowSteps)
        {
            step(frame);
        }

        foreach (Action<CompiledFrame> step in LastSteps)
        {
            step(frame);
        }
    }

    /// <summary>Fills the cells of a row whose state is missing: those that read windows are missing too.</summary>
    public void RunWithoutState(CompiledFrame frame)
    {
        foreach (Action<CompiledFrame> step in Steps)
        {
            step(frame);
        }

        frame.SetMissing(WindowSlots, WindowIdLists);
        foreach (Action<CompiledFrame> step in LastSteps)
        {
            step(frame);
        }
    }
}
