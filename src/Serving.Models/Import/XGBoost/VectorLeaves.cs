using Serving.Models.Import.Documents;

namespace Serving.Models.Import.XGBoost;

/// <summary>
/// Vectors in the leaves of one tree: 2.x stores one for every node in base_weights; 3.x has leaf_weights for leaves
/// only, whose row is where a leaf's right child would be.
/// </summary>
internal sealed class VectorLeaves(double[] weights, int size, bool byRow, string place)
{
    /// <summary>Reads the table of a tree.</summary>
    public static VectorLeaves Read(DocumentNode tree, string place, int nodeCount, int size)
    {
        bool byRow = tree.Find("leaf_weights", place) is { } found && found.AsNumbers(place).Length > 0;
        string name = byRow ? "leaf_weights" : "base_weights";
        double[] weights = tree.Get(name, place).AsNumbers($"{place}, {name}");
        if (byRow ? weights.Length % size != 0 : weights.Length != (long)nodeCount * size)
        {
            throw ImportProblem.Of($"{place}, {name}", $"{weights.Length} numbers", $"{size} for each leaf or node");
        }

        return new VectorLeaves(weights, size, byRow, place);
    }

    /// <summary>The vector of a leaf.</summary>
    /// <param name="node">The leaf's node.</param>
    /// <param name="right">Its entry of right_children.</param>
    public float[] ValuesOf(int node, double right)
    {
        double row = byRow ? right : node;
        if (row != Math.Floor(row) || row < 0 || (row + 1) * size > weights.Length)
        {
            throw ImportProblem.Of($"{place}, node {node}", $"leaf row {row}", $"a row below {weights.Length / size}");
        }

        float[] values = new float[size];
        for (int k = 0; k < size; k++)
        {
            values[k] = (float)weights[((int)row * size) + k];
            if (!float.IsFinite(values[k]))
            {
                throw ImportProblem.Of($"{place}, node {node}", values[k].ToString(), "finite leaves");
            }
        }

        return values;
    }
}
