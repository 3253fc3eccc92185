using Serving.Data;

namespace Serving.Engine.Offline.Feeds;

/// <summary>
/// Opens a file of rows from its start, always with the same rows in the same order. Called by one thread at a time.
/// </summary>
/// <param name="schema">The rows to read.</param>
/// <param name="isFirst">
/// Whether this is the opening whose kept columns are copied and whose notices are shown.
/// </param>
/// <exception cref="InputException">The file is not there, or its head does not fit.</exception>
public delegate IRowSource RowOpener(RowSchema schema, bool isFirst);
