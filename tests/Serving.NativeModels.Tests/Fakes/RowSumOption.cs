namespace Serving.NativeModels.Tests.Fakes;

/// <summary>What is peculiar of a model that an <see cref="OptionFactory"/> opens.</summary>
public enum RowSumOption
{
    None,
    Mixes,
    Stateful,
    Random,
}
