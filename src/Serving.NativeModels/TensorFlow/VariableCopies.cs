using System.Collections.Immutable;
using Serving.Data;
using Serving.NativeModels.SavedModel;

namespace Serving.NativeModels.TensorFlow;

/// <summary>Fills variables of a loaded session from others, by nodes that it adds to the graph.</summary>
internal static unsafe class VariableCopies
{
    private const string Prefix = "serving_fill_";

    /// <summary>Fills each variable.</summary>
    /// <exception cref="InputException">TensorFlow refuses it.</exception>
    public static void Fill(SessionHandle session, ImmutableArray<(string To, string From)> copies)
    {
        if (copies.IsEmpty)
        {
            return;
        }

        using var status = new StatusHandle();
        nint[] targets = new nint[copies.Length];
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = Add(session.Graph, copies[i].To, copies[i].From, i, status);
        }

        fixed (nint* first = targets)
        {
            TensorFlowNative.TF_SessionRun(
                session.Pointer, null, null, null, 0, null, null, 0, first, targets.Length, null, status.Pointer);
        }

        ThrowIfRefused(status);
    }

    // The value as it is read, assigned: both with the type that the variable to fill has in the graph.
    private static nint Add(GraphHandle graph, string to, string from, int place, StatusHandle status)
    {
        nint variable = TensorFlowNative.TF_GraphOperationByName(graph, to);
        nint held = TensorFlowNative.TF_GraphOperationByName(graph, from);
        if (variable == 0 || held == 0)
        {
            throw Refused("a variable is not in the loaded graph");
        }

        int type = 0;
        TensorFlowNative.TF_OperationGetAttrType(variable, "dtype", &type, status);
        ThrowIfRefused(status);
        nint read = TensorFlowNative.TF_NewOperation(graph, "ReadVariableOp", $"{Prefix}read_{place}");
        TensorFlowNative.TF_AddInput(read, new NativeOutput { Operation = held });
        nint value = Finish(read, type, status);
        nint assign = TensorFlowNative.TF_NewOperation(graph, "AssignVariableOp", $"{Prefix}assign_{place}");
        TensorFlowNative.TF_AddInput(assign, new NativeOutput { Operation = variable });
        TensorFlowNative.TF_AddInput(assign, new NativeOutput { Operation = value });
        return Finish(assign, type, status);
    }

    private static nint Finish(nint description, int type, StatusHandle status)
    {
        TensorFlowNative.TF_SetAttrType(description, "dtype", type);
        nint operation = TensorFlowNative.TF_FinishOperation(description, status);
        ThrowIfRefused(status);
        return operation;
    }

    private static void ThrowIfRefused(StatusHandle status)
    {
        if (TensorFlowNative.TF_GetCode(status.Pointer) != 0)
        {
            throw Refused(NativeStatus.TextOf(status.Pointer));
        }
    }

    private static InputException Refused(string found) => new(new InputProblem(
        SavedModelFile.MainName, $"variables that cannot be filled: {found}", "variables that the saver restores"));
}
