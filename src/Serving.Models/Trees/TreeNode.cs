namespace Serving.Models.Trees;

/// <summary>
/// One node in canonical form. A split asks <c>value &lt;= Value</c>, or whether a category is in a set; yes goes left.
/// XGBoost's <c>value &lt; t</c> on binary32 is <c>value &lt;= the binary32 before t</c>, which is exact.
/// </summary>
internal readonly struct TreeNode
{
    /// <summary>Threshold of a numeric split; value of a leaf.</summary>
    public double Value { get; init; }

    /// <summary>Input that a split reads; -1 marks a leaf.</summary>
    public int Feature { get; init; }

    /// <summary>Node to the left; of a leaf the tool's own number.</summary>
    public int Left { get; init; }

    /// <summary>Node to the right; of a leaf its row in the table of leaf vectors or linear leaves.</summary>
    public int Right { get; init; }

    /// <summary>Set of categories of a categorical split; -1 of any other node.</summary>
    public int CategorySet { get; init; }

    /// <summary>What a split does with a missing value.</summary>
    public MissingRule Missing { get; init; }

    /// <summary>Whether a missing value goes left.</summary>
    public bool DefaultLeft { get; init; }

    /// <summary>Whether this is a leaf.</summary>
    public bool IsLeaf => Feature < 0;

    /// <summary>A leaf.</summary>
    public static TreeNode Leaf(double value, int number, int row = 0) =>
        new() { Value = value, Feature = -1, Left = number, Right = row, CategorySet = -1 };

    /// <summary>The same node with its children moved by an offset; leaves keep their numbers.</summary>
    public TreeNode Moved(int offset) => IsLeaf
        ? this
        : new()
        {
            Value = Value,
            Feature = Feature,
            Left = Left + offset,
            Right = Right + offset,
            CategorySet = CategorySet,
            Missing = Missing,
            DefaultLeft = DefaultLeft,
        };
}
