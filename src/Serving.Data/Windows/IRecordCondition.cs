namespace Serving.Data.Windows;

/// <summary>
/// A call's <c>where</c> that reads the request beside the event (<c>now.x</c>). Not safe for use by several threads:
/// each has its own.
/// </summary>
public interface IRecordCondition
{
    /// <summary>
    /// Decides for every record. <paramref name="records"/> holds the log's columns, one row a record;
    /// <paramref name="holds"/> [records] receives whether the condition holds. Total; allocates nothing after warm-up.
    /// </summary>
    void Evaluate(RowBatch records, RowBatch requests, int request, Span<bool> holds);
}
