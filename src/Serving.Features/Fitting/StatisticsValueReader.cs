using System.Text.Json;

namespace Serving.Features.Fitting;

/// <summary>Reads one JSON value; false where it is none of the kind.</summary>
internal delegate bool StatisticsValueReader<T>(JsonElement element, out T value);
