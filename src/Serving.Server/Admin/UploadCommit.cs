using Microsoft.AspNetCore.Http;
using Serving.Data;
using Serving.Data.Durability;
using Serving.Engine;
using Serving.Engine.Bundles;
using Serving.Engine.Routing;
using Serving.Server.Hosting;
using Serving.Server.Rest;
using Serving.Server.Rows;

namespace Serving.Server.Admin;

/// <summary>
/// Turns an upload into a version: verified from its first byte to its last score, noted in the audit, then put into
/// the models folder as a whole. Safe for use by several threads.
/// </summary>
internal sealed class UploadCommit(
    UploadStore uploads, InferenceEngine engine, ServerOptions options, AdminJournal journal) : IDisposable
{
    // One at a time: a verification loads a whole model, and two of the same version must not meet.
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Answers the commit of an upload that the caller has taken.</summary>
    public async Task InvokeAsync(AdminCall call, Upload upload)
    {
        if (upload.Offset != upload.Size)
        {
            await RefuseAsync(
                call, ErrorCode.FailedPrecondition, $"found {upload.Offset} of {upload.Size} bytes; send the rest", []);
            return;
        }

        await _turn.WaitAsync(call.Context.RequestAborted);
        try
        {
            await CommitAsync(call, upload);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task CommitAsync(AdminCall call, Upload upload)
    {
        (BundleIntake? intake, BundleVerification verification) = await OnOwnThreadAsync(() => Verify(upload));
        if (intake is null)
        {
            RequestProblem[] shown =
            [
                .. verification.Problems.Select(problem => new RequestProblem(
                    problem.Place,
                    $"found {problem.Found}, expected {problem.Expected}"
                        + (problem.Advice.Length == 0 ? "" : $"; {problem.Advice}"))),
            ];
            string detail = $"the bundle has {verification.ProblemCount} problems: {string.Join("; ", shown.Take(3))}";
            await RefuseAsync(call, ErrorCode.InvalidArgument, detail, shown);
            return;
        }

        BundlePlacement found = intake.Look(options.Models);
        if (found == BundlePlacement.Free)
        {
            // Noted first: a version that a stop left in the folder without its act would be served by itself.
            ActResult act = engine.Traffic.Commit(intake.Model, intake.Version, call.Origin);
            if (act.Code != ErrorCode.None)
            {
                await TableAnswer.SendAsync(call.Context, StatusCodes.Status200OK, act);
                return;
            }

            found = await OnOwnThreadAsync(() => intake.Place(options.Models));
        }

        if (found == BundlePlacement.Other)
        {
            await RefuseAsync(
                call, ErrorCode.AlreadyExists,
                $"version {intake.Version} of '{intake.Model}' has other bytes; these need another version", []);
            return;
        }

        uploads.Remove(upload.Id);
        engine.Poll();
        int status = found == BundlePlacement.Placed ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        await TableAnswer.SendAsync(call.Context, status, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("model", intake.Model);
            writer.WriteNumber("version", intake.Version);
            writer.WriteEndObject();
        });
    }

    private (BundleIntake? Intake, BundleVerification Verification) Verify(Upload upload)
    {
        if (!uploads.IsWhole(upload))
        {
            var problem = new InputProblem(
                "upload", "other bytes", $"those of SHA-256 {upload.Sha256}", "send it again");
            return (null, new BundleVerification([problem], 1, null));
        }

        BundleIntake? intake = BundleIntake.Read(
            uploads.BytesOf(upload.Id), options.Runtimes, engine.Hosting, out BundleVerification verification);
        return (intake, verification);
    }

    // A verification takes seconds of one core, which requests need more.
    private static Task<T> OnOwnThreadAsync<T>(Func<T> act)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            ThreadNiceness.LowerCurrentThread();
            try
            {
                done.SetResult(act());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        })
        {
            Name = "serving-commit",
            IsBackground = true,
        }.Start();
        return done.Task;
    }

    private Task RefuseAsync(AdminCall call, ErrorCode code, string what, IReadOnlyList<RequestProblem> problems)
    {
        journal.NoteRefused(call.Context, call.Actor, code, what);
        return Problem.WriteAsync(call.Context, code, StatusMapping.Of(code).Http, what, problems, null);
    }
}
