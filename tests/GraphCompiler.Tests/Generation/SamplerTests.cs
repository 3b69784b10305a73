using GraphCompiler.Generation;

namespace GraphCompiler.Tests.Generation;

public class SamplerTests
{
    public static TheoryData<SamplingOptions> Ways => new()
    {
        new SamplingOptions(),
        SamplingOptions.Greedy,
        new() { Temperature = 0.5 },
        new() { Temperature = 3 },
        new() { TopK = 1 },
        new() { TopK = 5 },
        new() { TopK = 1000 },
        new() { TopP = 0.5 },
        new() { TopP = 0.95, Temperature = 1.5 },
        new() { TopP = 1e-9 },
        new() { TopK = 6, TopP = 0.8 },
        new() { RepetitionPenalty = 1.5 },
        new() { RepetitionPenalty = 0.7, TopK = 8, TopP = 0.9, Temperature = 0.8 },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Tokens_are_as_frequent_as_they_are_probable(SamplingOptions options)
    {
        const int Draws = 20_000;
        Random random = new(1);
        for (int round = 0; round < 3; round++)
        {
            float[] logits = Logits(random, 20);
            int[] occurred = [2, 5, 5, 11];
            Sampler sampler = new(logits.Length, options with { Seed = (ulong)round });
            foreach (int token in occurred)
                sampler.Observe(token);
            int[] counts = new int[logits.Length];
            for (int draw = 0; draw < Draws; draw++)
                counts[sampler.Sample(logits)]++;

            double[] expected = ReferenceSampler.Probabilities(logits, options, occurred);
            for (int token = 0; token < logits.Length; token++)
            {
                // Exactly none where the probability is zero; elsewhere within five deviations.
                double deviation = Math.Sqrt(Draws * expected[token] * (1 - expected[token]));
                Assert.InRange(counts[token], Draws * expected[token] - 5 * deviation - 1e-6, Draws * expected[token] + 5 * deviation + 1e-6);
            }
        }
    }

    [Fact]
    public void What_can_be_drawn_is_exactly_what_the_reference_allows()
    {
        Random random = new(2);
        for (int round = 0; round < 200; round++)
        {
            // Few levels, so that there are ties at every border.
            float[] logits = [.. Enumerable.Range(0, 12).Select(_ => random.Next(4) / 2f)];
            SamplingOptions options = new() { TopK = random.Next(14), TopP = 0.3 + 0.7 * random.NextDouble(), Seed = (ulong)round };
            Sampler sampler = new(12, options);
            HashSet<int> drawn = [];
            for (int draw = 0; draw < 400; draw++)
                drawn.Add(sampler.Sample(logits));
            double[] expected = ReferenceSampler.Probabilities(logits, options, []);
            Assert.Equal(Enumerable.Range(0, 12).Where(token => expected[token] > 0), drawn.Order());
        }
    }

    [Fact]
    public void A_whole_vocabulary_is_drawn_from_like_the_reference_and_without_allocating()
    {
        const int VocabularySize = 50_257;
        Random random = new(3);
        float[] logits = [.. Enumerable.Range(0, VocabularySize).Select(_ => (float)(-3 * Math.Log(random.NextDouble())))];
        foreach (SamplingOptions options in new SamplingOptions[]
            { new() { TopK = 40 }, new() { TopP = 0.9 }, new() { TopK = 200, TopP = 0.5 }, new() { Temperature = 0.1 } })
        {
            Sampler sampler = new(VocabularySize, options);
            double[] expected = ReferenceSampler.Probabilities(logits, options, []);
            int[] drawn = new int[10];
            Assert.Equal(0, Allocation.Of(() =>
            {
                for (int draw = 0; draw < drawn.Length; draw++)
                {
                    drawn[draw] = sampler.Sample(logits);
                    sampler.Observe(drawn[draw]);
                }
            }));
            Assert.All(drawn, token => Assert.True(expected[token] > 0));
        }
    }

    [Fact]
    public void A_seed_gives_its_tokens_again()
    {
        float[] logits = Logits(new Random(4), 100);
        Sampler sampler = new(100, new() { Seed = 9 }), other = new(100, new() { Seed = 9 }), another = new(100, new() { Seed = 10 });
        int[] drawn = [.. Enumerable.Range(0, 50).Select(_ => sampler.Sample(logits))];
        Assert.Equal(drawn, Enumerable.Range(0, 50).Select(_ => other.Sample(logits)));
        Assert.NotEqual(drawn, Enumerable.Range(0, 50).Select(_ => another.Sample(logits)));
        sampler.Reset();
        Assert.Equal(drawn, Enumerable.Range(0, 50).Select(_ => sampler.Sample(logits)));
    }

    [Fact]
    public void The_penalty_counts_a_token_once_and_is_forgotten_by_a_reset()
    {
        Sampler sampler = new(3, SamplingOptions.Greedy with { RepetitionPenalty = 1.5 });
        Assert.Equal(0, sampler.Sample([4, 3, -1]));
        sampler.Observe(0);
        sampler.Observe(0);
        Assert.Equal(1, sampler.Sample([4, 3, -1]));
        Assert.Equal(0, sampler.Sample([4, 2.5f, -1]));

        // A negative logit is multiplied.
        Assert.Equal(2, sampler.Sample([-1, -10, -1.4f]));
        sampler.Reset();
        Assert.Equal(0, sampler.Sample([-1, -10, -1.4f]));
    }

    [Fact]
    public void Excluded_tokens_are_never_drawn_and_tiny_temperatures_are_greedy()
    {
        const float None = float.NegativeInfinity;
        foreach (SamplingOptions options in new SamplingOptions[] { new(), new() { TopK = 3 }, new() { TopP = 0.99 }, new() { TopK = 3, TopP = 0.99 } })
        {
            Sampler sampler = new(4, options);
            for (int draw = 0; draw < 100; draw++)
                Assert.Equal(2, sampler.Sample([None, None, -1e30f, None]));
        }

        Sampler cold = new(3, new() { Temperature = double.Epsilon });
        for (int draw = 0; draw < 20; draw++)
            Assert.Equal(1, cold.Sample([1, 1.0001f, 1]));
    }

    [Fact]
    public void Wrong_logits_and_options_are_refused()
    {
        Sampler sampler = new(3);
        Assert.Contains("token 1 is NaN", Assert.Throws<ArgumentException>(() => sampler.Sample([0, float.NaN, 0])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => sampler.Sample([float.NaN, 0, 0]));
        Assert.Throws<ArgumentException>(() => sampler.Sample([0, 0, float.PositiveInfinity]));
        Assert.Throws<ArgumentException>(() => sampler.Sample([float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity]));
        Assert.Throws<ArgumentException>(() => sampler.Sample([0, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => sampler.Observe(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { Temperature = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { Temperature = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { TopK = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { TopP = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { TopP = 1.1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { RepetitionPenalty = 0 });
    }

    static float[] Logits(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(4 * random.NextDouble() - 2))];
}
