using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Pipeline;

namespace Serving.Server.Rows;

/// <summary>
/// Names every field that is missing and must not be. The engine stops at the first; this runs only after it refused a
/// request, so that a client sees all of its mistakes at once.
/// </summary>
internal static class MissingFields
{
    /// <summary>Notes all missing fields of a context that was refused.</summary>
    /// <param name="context">The context, shared values given to its rows.</param>
    /// <param name="isOneRow">Whether the request is one row, which needs no place.</param>
    /// <param name="problems">Receives them; nothing when the engine refused for another reason.</param>
    public static void Collect(ScoringContext context, bool isOneRow, RequestProblems problems)
    {
        if (context.Error != ErrorCode.InvalidArgument || context.ErrorField < 0
            || context.Rows.IsPresent(context.ErrorRow, context.ErrorField))
        {
            return;
        }

        ImmutableArray<Field> published = context.Schema.Published.Fields;
        for (int row = 0; row < context.Rows.RowCount; row++)
        {
            foreach (Field field in published)
            {
                if (!field.Type.Optional && !context.Rows.IsPresent(row, context.Rows.Schema.IndexOf(field.Name)))
                {
                    problems.Add(
                        isOneRow ? RequestProblems.NoRow : row, field.Name, $"missing, expected {field.Type}");
                }
            }
        }
    }
}
