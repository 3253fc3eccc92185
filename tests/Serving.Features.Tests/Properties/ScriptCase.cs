using System.Text;
using Serving.Data;

namespace Serving.Features.Tests.Properties;

/// <summary>
/// One drawn script: its declarations one by one, so that a failing case can be made smaller, and its rows.
/// </summary>
/// <param name="Seed">Statistics and rows are drawn from it; they do not depend on which declarations are kept.</param>
/// <param name="Head">Everything before lets and features.</param>
/// <param name="Declarations">Lets and features.</param>
/// <param name="Rows">Rows of the request; built against its schema.</param>
internal sealed record ScriptCase(
    ulong Seed, string Head, IReadOnlyList<string> Declarations, IReadOnlyList<RowValues> Rows)
{
    public string Script => new StringBuilder(Head).AppendJoin('\n', Declarations).Append('\n').ToString();

    public RowBatch ToBatch(RowSchema schema)
    {
        var batch = new RowBatch(schema);
        foreach (RowValues row in Rows)
        {
            row.AddTo(batch);
        }

        return batch;
    }
}
