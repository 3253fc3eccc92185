namespace Serving.Models;

/// <summary>Ways to run a model, as <c>--engine</c> names them.</summary>
public enum ScorerEngine
{
    /// <summary>The best one that can run the model.</summary>
    Auto = 0,

    /// <summary>The plain walk, tree by tree: what every other engine is compared with.</summary>
    Reference,

    /// <summary>Threaded forest: chains of trees walked side by side.</summary>
    Threaded,

    /// <summary>64 trees in a vector (not built yet).</summary>
    LaneQs,

    /// <summary>64 rows in a vector, trees of up to 64 leaves (not built yet).</summary>
    RowQs,

    /// <summary>64 rows in a vector, leaf numbers blended bottom up (not built yet).</summary>
    BlendRows,

    /// <summary>Complete trees by multiplexing (not built yet).</summary>
    Mux,

    /// <summary>Oblivious trees (not built yet).</summary>
    Oblivious,
}
