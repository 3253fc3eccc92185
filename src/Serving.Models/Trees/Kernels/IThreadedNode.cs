namespace Serving.Models.Trees.Kernels;

/// <summary>A node of a threaded forest: a test, the value of the leaf that it may be, and where to go on.</summary>
/// <typeparam name="TSelf">The node itself.</typeparam>
internal interface IThreadedNode<TSelf>
    where TSelf : unmanaged, IThreadedNode<TSelf>
{
    /// <summary>A node; the key is of the threshold, or the greatest one for a test that always goes left.</summary>
    /// <param name="threshold">Threshold; null for always left.</param>
    /// <param name="value">Value of the leaf; 0 for what is no leaf.</param>
    /// <param name="slot">Key of the row that is compared.</param>
    /// <param name="tree">Tree of the leaf; the number of trees for what is no leaf.</param>
    /// <param name="delta">Distance to the pair of children, in bytes.</param>
    static abstract TSelf Make(double? threshold, double value, int slot, int tree, int delta);
}
