using Serving.Data;
using Serving.Server.Rows;

namespace Serving.Server.Rest;

/// <summary>What one REST score request needs, pooled. Not safe for use by several threads.</summary>
internal sealed class RestCall
{
    /// <summary>Makes a call.</summary>
    /// <param name="rowsMax">Most rows of a body.</param>
    public RestCall(int rowsMax) => Rows = new JsonRowReader(Problems, rowsMax);

    /// <summary>What is wrong with the request.</summary>
    public RequestProblems Problems { get; } = new();

    /// <summary>Reads its rows.</summary>
    public JsonRowReader Rows { get; }

    /// <summary>Writes its answer.</summary>
    public JsonAnswer Answer { get; } = new();

    /// <summary>Whether the body was an array.</summary>
    public bool IsArray { get; set; }

    /// <summary>Timestamp at which its rows were read.</summary>
    public long DecodedAt { get; set; }

    /// <summary>Why there is no answer.</summary>
    public ErrorCode Code { get; private set; }

    /// <summary>The same in words.</summary>
    public string Message { get; private set; } = "";

    /// <summary>Begins a request.</summary>
    public void Begin()
    {
        Problems.Clear();
        Answer.Clear();
        Code = ErrorCode.None;
        Message = "";
        IsArray = false;
    }

    /// <summary>Notes why there is no answer.</summary>
    public ErrorCode Refuse(ErrorCode code, string message)
    {
        Code = code;
        Message = message;
        return code;
    }
}
