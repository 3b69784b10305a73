// What is drawn from is ordered by score, the first of equals first. Only the front of that order is needed, the k
// likeliest or the nucleus, so the candidates become a heap, which takes one pass, and are popped one by one: V + n log V
// for n tokens out of a vocabulary of V. For a nucleus, tokens with a probability below (1 - p) / V are not even
// candidates: all of them together have less than 1 - p, so the nucleus is complete without them.
//
// The draw walks along the candidates until their weights exceed a uniform share of the sum. The uniform number is
// Philox's, by the seed and the number of the draw.

using GraphCompiler.Kernels;

namespace GraphCompiler.Generation;

/// <summary>Draws tokens from logits. Drawing allocates nothing. For one thread.</summary>
public sealed class Sampler
{
    // Any number; others use the streams of the graph's random operations with the step, which here is 0.
    const uint Stream = 0x53414D50;

    readonly SamplingOptions options;
    readonly float[] scores;
    readonly double[] weights;
    readonly int[] candidates;
    readonly bool[] hasOccurred;
    readonly List<int> occurred;
    ulong draws;

    /// <summary>A sampler for logits of one length.</summary>
    /// <param name="vocabularySize">How many logits there are.</param>
    /// <param name="options">How to draw; null: from the softmax of the logits as they are.</param>
    public Sampler(int vocabularySize, SamplingOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        this.options = options ?? new SamplingOptions();
        scores = new float[vocabularySize];
        weights = new double[vocabularySize];
        candidates = new int[vocabularySize];
        hasOccurred = new bool[vocabularySize];
        occurred = new List<int>(vocabularySize);
    }

    bool IsLimited => options.TopK > 0 && options.TopK < scores.Length;

    /// <summary>Notes that a token has occurred, for the repetition penalty.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The token is not of the vocabulary.</exception>
    public void Observe(int token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, hasOccurred.Length);
        if (hasOccurred[token])
            return;
        hasOccurred[token] = true;
        occurred.Add(token);
    }

    /// <summary>Forgets what has occurred and starts the random numbers from the beginning.</summary>
    public void Reset()
    {
        foreach (int token in occurred)
            hasOccurred[token] = false;
        occurred.Clear();
        draws = 0;
    }

    /// <summary>Draws a token. It is not noted as having occurred; see <see cref="Observe"/>.</summary>
    /// <param name="logits">A logit a token; negative infinity excludes one. They are not changed.</param>
    /// <exception cref="ArgumentException">
    /// There are too many or too few logits, one is NaN or infinity, or all are negative infinity.
    /// </exception>
    public int Sample(ReadOnlySpan<float> logits)
    {
        int likeliest = Score(logits);
        if (options.Temperature == 0)
            return likeliest;

        double total = Weigh(scores[likeliest]);
        double uniform = NextUniform();
        if (!IsLimited && options.TopP == 1)
            return DrawFromAll(uniform * total);

        int chosen = TakeCandidates(total, out double sum);
        return DrawFromCandidates(chosen, uniform * sum);
    }

    /// <summary>Copies the logits, applies the penalty, and gives the first of the greatest scores.</summary>
    int Score(ReadOnlySpan<float> logits)
    {
        if (logits.Length != scores.Length)
            throw new ArgumentException($"{logits.Length} logits for a vocabulary of {scores.Length}.", nameof(logits));
        logits.CopyTo(scores);
        float penalty = (float)options.RepetitionPenalty;
        if (penalty != 1)
        {
            foreach (int token in occurred)
                scores[token] = scores[token] < 0 ? scores[token] * penalty : scores[token] / penalty;
        }

        int likeliest = 0;
        for (int token = 0; token < scores.Length; token++)
        {
            if (!(scores[token] <= float.MaxValue))
                throw new ArgumentException($"The logit of token {token} is {logits[token]}.", nameof(logits));
            if (scores[token] > scores[likeliest])
                likeliest = token;
        }

        if (float.IsNegativeInfinity(scores[likeliest]))
            throw new ArgumentException("All logits are negative infinity.", nameof(logits));
        return likeliest;
    }

    /// <summary>Probabilities but for a factor, that of the greatest being 1; gives their sum.</summary>
    double Weigh(float greatest)
    {
        double total = 0;
        double scale = 1 / options.Temperature;
        for (int token = 0; token < scores.Length; token++)
        {
            // The greatest apart, because the reciprocal of a tiny temperature is infinite and times 0 NaN.
            double weight = scores[token] == greatest ? 1 : Math.Exp(((double)scores[token] - greatest) * scale);
            weights[token] = weight;
            total += weight;
        }

        return total;
    }

    double NextUniform()
    {
        Span<uint> words = stackalloc uint[4];
        Philox.Block([(uint)draws, (uint)(draws >> 32), 0, Stream], [(uint)options.Seed, (uint)(options.Seed >> 32)], words);
        draws++;
        return ((((ulong)words[1] << 32) | words[0]) >> 11) * (1.0 / (1L << 53));
    }

    int DrawFromAll(double target)
    {
        int last = 0;
        for (int token = 0; token < weights.Length; token++)
        {
            if (weights[token] == 0)
                continue;
            last = token;
            target -= weights[token];
            if (target < 0)
                break;
        }

        return last;
    }

    int DrawFromCandidates(int count, double target)
    {
        // Popped candidates lie at the array's end, the first one last.
        int last = candidates[^1];
        for (int i = 0; i < count; i++)
        {
            int token = candidates[^(i + 1)];
            if (weights[token] == 0)
                break;
            last = token;
            target -= weights[token];
            if (target < 0)
                break;
        }

        return last;
    }

    /// <summary>
    /// Puts what is drawn from at the end of <see cref="candidates"/>; gives how many they are and the sum of their weights.
    /// </summary>
    int TakeCandidates(double total, out double sum)
    {
        double least = IsLimited ? 0 : (1 - options.TopP) / scores.Length * total;
        int left = 0;
        for (int token = 0; token < scores.Length; token++)
        {
            if (weights[token] >= least)
                candidates[left++] = token;
        }

        // Room at the end for those that are popped: as many slots as there are candidates.
        candidates.AsSpan(0, left).CopyTo(candidates.AsSpan(candidates.Length - left));
        Span<int> heap = candidates.AsSpan(candidates.Length - left);
        CandidateHeap.Build(heap, scores);
        int count = IsLimited
            ? PopLikeliest(heap, Math.Min(options.TopK, left), out sum)
            : PopNucleus(heap, options.TopP * total, out sum);
        return IsLimited && options.TopP < 1 ? Nucleus(count, options.TopP * sum, out sum) : count;
    }

    int PopLikeliest(Span<int> heap, int count, out double sum)
    {
        sum = 0;
        for (int popped = 0; popped < count; popped++)
            sum += weights[CandidateHeap.Pop(heap[..^popped], scores)];
        return count;
    }

    int PopNucleus(Span<int> heap, double mass, out double sum)
    {
        sum = 0;
        int popped = 0;
        while (popped < heap.Length && (popped == 0 || sum < mass))
            sum += weights[CandidateHeap.Pop(heap[..^popped++], scores)];
        return popped;
    }

    /// <summary>The nucleus of candidates that are already in order.</summary>
    int Nucleus(int count, double mass, out double sum)
    {
        sum = 0;
        int taken = 0;
        while (taken < count && (taken == 0 || sum < mass))
            sum += weights[candidates[^++taken]];
        return taken;
    }
}
