using GraphCompiler.Generation;

namespace GraphCompiler.Tests.Generation;

/// <summary>The probabilities to draw with, computed from the definitions by sorting everything.</summary>
static class ReferenceSampler
{
    public static double[] Probabilities(float[] logits, SamplingOptions options, IReadOnlyCollection<int> occurred)
    {
        double[] scores = [.. logits.Select((logit, token) => !occurred.Contains(token) ? logit
            : (double)(logit < 0 ? logit * (float)options.RepetitionPenalty : logit / (float)options.RepetitionPenalty))];
        int[] order = [.. Enumerable.Range(0, logits.Length).OrderByDescending(token => scores[token]).ThenBy(token => token)];
        if (options.Temperature == 0)
            return [.. Enumerable.Range(0, logits.Length).Select(token => token == order[0] ? 1.0 : 0)];

        double[] weights = [.. scores.Select(score => Math.Exp((score - scores[order[0]]) / options.Temperature))];
        if (options.TopK > 0)
        {
            foreach (int token in order.Skip(options.TopK))
                weights[token] = 0;
        }

        double total = weights.Sum(), before = 0;
        foreach (int token in order)
        {
            double weight = weights[token];
            if (before >= options.TopP * total)
                weights[token] = 0;
            before += weight;
        }

        total = weights.Sum();
        return [.. weights.Select(weight => weight / total)];
    }
}
