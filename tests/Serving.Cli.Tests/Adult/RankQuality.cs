namespace Serving.Cli.Tests.Adult;

/// <summary>How well scores order labels.</summary>
internal static class RankQuality
{
    /// <summary>Area under the ROC curve by ranks; equal scores share their mean rank.</summary>
    public static double Auc(double[] scores, bool[] labels)
    {
        int[] order = [.. Enumerable.Range(0, scores.Length).OrderBy(row => scores[row])];
        double positiveRanks = 0;
        for (int start = 0, end = 0; start < order.Length; start = end)
        {
            while (end < order.Length && scores[order[end]] == scores[order[start]])
            {
                end++;
            }

            int positivesHere = order[start..end].Count(row => labels[row]);
            positiveRanks += positivesHere * (start + end + 1) / 2.0;
        }

        double positives = labels.Count(label => label);
        return (positiveRanks - (positives * (positives + 1) / 2)) / (positives * (labels.Length - positives));
    }
}
