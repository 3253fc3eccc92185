using System.CommandLine;
using Serving.Cli.Commands;

namespace Serving.Cli.CommandLine;

/// <summary>The tree of commands.</summary>
internal static class RootCommands
{
    public static RootCommand Create(CommandConsole console) => new(
        "Serving: features, models and scores, online and offline.")
    {
        new Command("features", "Check, explain, test, fit and run feature scripts.")
        {
            FeaturesCheckCommand.Create(console),
            FeaturesFmtCommand.Create(console),
            FeaturesExplainCommand.Create(console),
            FeaturesLintCommand.Create(console),
            FeaturesTestCommand.Create(console),
            FeaturesDiffCommand.Create(console),
            FeaturesFitCommand.Create(console),
            FeaturesRunCommand.Create(console),
        },
        new Command("model", "Look at models of other tools and score with them.")
        {
            ModelShowCommand.Create(console),
            ModelScoreCommand.Create(console),
        },
        new Command("bundle", "Pack, verify and show bundles.")
        {
            BundlePackCommand.Create(console),
            BundleVerifyCommand.Create(console),
            BundleShowCommand.Create(console),
        },
        ScoreCommand.Create(console),
        DemoCommand.Create(console),
        ServeCommand.Create(console),
        HealthCommand.Create(console),
        ModelWorkerCommand.Create(console),
        new Command("state", "Check, show, fill and fold the state of windows.")
        {
            StateVerifyCommand.Create(console),
            StateDumpCommand.Create(console),
            StateBackfillCommand.Create(console),
            StateCompactCommand.Create(console),
        },
        new Command("log", "Show, check, export and repair prediction logs.")
        {
            LogShowCommand.Create(console),
            LogVerifyCommand.Create(console),
            LogExportCommand.Create(console),
            LogRepairCommand.Create(console),
        },
        ReplayCommand.Create(console),
        new Command("bundles", "Bring bundles from where they are kept.")
        {
            BundlesSyncCommand.Create(console),
        },
        PublishCommand.Create(console),
        VersionsCommand.Create(console),
        TrafficCommand.Create(console),
        PromoteCommand.Create(console),
        RollbackCommand.Create(console),
        new Command("token", "Tokens of the admin API.")
        {
            TokenCreateCommand.Create(console),
        },
        new Command("audit", "What was done to models and traffic, and by whom.")
        {
            AuditVerifyCommand.Create(console),
        },
        new Command("simulate", "Make data that behaves like the real thing.")
        {
            SimulateCardsCommand.Create(console),
        },
    };
}
