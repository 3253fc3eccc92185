using System.Text;
using Serving.Data;
using Serving.Server.Admin;
using Serving.Testing.Fuzzing;

namespace Serving.Server.Tests.Admin;

/// <summary>Bodies of admin calls changed at random are taken, or refused with a reason (P3).</summary>
public sealed class AdminBodyFuzzTests
{
    private static readonly string[] s_bodies =
    [
        """{"split": {"stable": 94.99, "8": 5.01}, "shadow": {"9": 10}, "by": "card"}""",
        """
        {"version": 8, "as": "canary", "steps": [1, 10, 50, 100], "hold": "10m",
         "gates": {"errors": {"increase": "0.5%", "samples": 7, "window": "5m"}, "drift": "off",
                   "latency": {"slo": "5ms", "increase": 1}, "missing": {"increase": 2.5}}}
        """,
        """{"version": 8, "as": "shadow", "share": 5}""",
        """{"to": 7}""",
        "{}",
    ];

    private static readonly string[] s_words =
    [
        "\"version\":", "\"as\":\"stable\"", "\"share\":", "\"gates\":{", "\"psi\":", "\"off\"", "\"1%\"", "\"10m\"",
        "\"split\":", "\"source\":", "\"canary\"", "\\ud800",
    ];

    private static readonly Action<AdminBody>[] s_readers =
    [
        body => ActBodies.Traffic(body),
        body => ActBodies.Publish(body),
        body => ActBodies.OneVersion(body, "to"),
    ];

    [Fact]
    public void Body_Changed_IsTakenOrRefused()
    {
        byte[][] corpus = [.. s_bodies.Select(Encoding.UTF8.GetBytes)];
        string line = FuzzRun.Of("admin bodies", corpus, s_words, bytes =>
        {
            bool isTaken = false;
            foreach (Action<AdminBody> read in s_readers)
            {
                (AdminBody? body, ErrorCode code, string message) = AdminBody.Parse(bytes);
                Assert.True(body is null == (code != ErrorCode.None && message.Length > 0), "refused without a reason");
                if (body is not null)
                {
                    read(body);
                    Assert.True(!body.IsWrong || body.Shown.Count > 0, "refused without a reason");
                    isTaken |= !body.IsWrong;
                }
            }

            return isTaken;
        });
        TestContext.Current.TestOutputHelper?.WriteLine(line);
    }
}
