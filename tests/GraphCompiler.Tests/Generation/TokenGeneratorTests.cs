using GraphCompiler.Generation;
using GraphCompiler.Text;

namespace GraphCompiler.Tests.Generation;

public class TokenGeneratorTests
{
    const int VocabularySize = 50, ContextLength = 8;

    /// <summary>
    /// A model whose logits depend on every token of its context and their places: with a cache it remembers tokens by
    /// position, as a KV cache does, and refuses positions that have not been filled.
    /// </summary>
    sealed class Model(int maximumStep = ContextLength)
    {
        readonly int[] cache = new int[ContextLength];
        int filled;

        public List<string> Calls { get; } = [];

        public void Step(ReadOnlySpan<int> tokens, int position, Span<float> logits)
        {
            Assert.InRange(tokens.Length, 1, maximumStep);
            Assert.InRange(position, 0, filled);
            tokens.CopyTo(cache.AsSpan(position));
            filled = position + tokens.Length;
            Calls.Add($"{position}:{string.Join(',', tokens.ToArray())}");
            Forward(cache.AsSpan(0, filled), logits);
        }

        public static void Forward(ReadOnlySpan<int> tokens, Span<float> logits)
        {
            // No Assert, which allocates.
            if (tokens.Length is < 1 or > ContextLength)
                throw new InvalidOperationException($"{tokens.Length} tokens.");
            uint hash = 17;
            foreach (int token in tokens)
                hash = hash * 31 + (uint)token + 1;
            for (int i = 0; i < logits.Length; i++)
                logits[i] = ((hash * 2654435761u + (uint)i * 40503u) >> 8) % 1000 / 200f;
        }
    }

    static readonly GenerationOptions Seeded = new() { MaximumTokens = 40, Sampling = new() { Seed = 3, TopK = 20 } };

    [Fact]
    public void A_cache_changes_nothing()
    {
        foreach (ContextOverflow overflow in Enum.GetValues<ContextOverflow>())
        {
            foreach (int? kept in new int?[] { null, 1, 5, ContextLength })
            {
                foreach (int promptLength in new[] { 1, 3, ContextLength, ContextLength + 1, 3 * ContextLength })
                {
                    GenerationOptions options = Seeded with { Overflow = overflow, KeptTokens = kept };
                    int[] prompt = [.. Enumerable.Range(0, promptLength)];
                    foreach (int maximumStep in new[] { 1, 3, ContextLength })
                    {
                        TokenGenerator cached = TokenGenerator.WithCache(new Model(maximumStep).Step, VocabularySize, ContextLength, maximumStep);
                        TokenGenerator uncached = TokenGenerator.WithoutCache(Model.Forward, VocabularySize, ContextLength);
                        Assert.Equal(All(uncached, prompt, options), All(cached, prompt, options));
                    }
                }
            }
        }
    }

    [Fact]
    public void Tokens_are_those_of_a_loop_over_the_newest_tokens()
    {
        // nanoGPT's generate: the context is the newest tokens, as many as fit.
        Sampler sampler = new(VocabularySize, Seeded.Sampling);
        List<int> tokens = [4, 2];
        float[] logits = new float[VocabularySize];
        for (int i = 0; i < 40; i++)
        {
            Model.Forward(tokens.TakeLast(ContextLength).ToArray(), logits);
            tokens.Add(sampler.Sample(logits));
        }

        TokenGenerator generator = TokenGenerator.WithCache(new Model().Step, VocabularySize, ContextLength);
        Assert.Equal(tokens.Skip(2), All(generator, [4, 2], Seeded with { KeptTokens = ContextLength }));
        Assert.NotEqual(tokens.Skip(2), All(generator, [4, 2], Seeded));
    }

    [Fact]
    public void A_cut_reads_the_newest_tokens_again()
    {
        Model model = new(maximumStep: 3);
        int resets = 0;
        TokenGenerator generator = TokenGenerator.WithCache(model.Step, VocabularySize, ContextLength, 3, () => resets++);
        int[] prompt = [.. Enumerable.Range(0, 10)];
        List<int> made = All(generator, prompt, Seeded with { MaximumTokens = 7, KeptTokens = 4 });
        Assert.Equal(
            [
                "0:2,3,4", "3:5,6,7", "6:8,9",
                $"0:7,8,9", $"3:{made[0]}", $"4:{made[1]}", $"5:{made[2]}", $"6:{made[3]}", $"7:{made[4]}",
                $"0:{made[2]},{made[3]},{made[4]}", $"3:{made[5]}",
            ],
            model.Calls);
        Assert.Equal(3, resets);
    }

    [Fact]
    public void Chunks_begin_anew_and_nothing_is_read_twice()
    {
        Model model = new();
        int resets = 0;
        TokenGenerator generator = TokenGenerator.WithCache(model.Step, VocabularySize, ContextLength, reset: () => resets++);
        int[] prompt = [.. Enumerable.Range(0, 22)];
        List<int> made = All(generator, prompt, Seeded with { MaximumTokens = 5, Overflow = ContextOverflow.Chunk });
        Assert.Equal(
            [
                "0:0,1,2,3,4,5,6,7", "0:8,9,10,11,12,13,14,15", "0:16,17,18,19,20,21",
                $"6:{made[0]}", $"7:{made[1]}", $"0:{made[2]}", $"1:{made[3]}",
            ],
            model.Calls);
        Assert.Equal(1, resets);
    }

    [Fact]
    public void Generation_ends_before_a_stop_token_and_at_the_maximum()
    {
        TokenGenerator generator = TokenGenerator.WithCache(new Model().Step, VocabularySize, ContextLength);
        List<int> all = All(generator, [1], Seeded);
        Assert.Equal(40, all.Count);
        int stop = all[10];
        Assert.Equal(all.TakeWhile(token => token != stop), All(generator, [1], Seeded with { StopTokens = [99, stop] }));
        Assert.Equal(all.Take(3), All(generator, [1], Seeded with { MaximumTokens = 3 }));
        Assert.Empty(All(generator, [1], Seeded with { MaximumTokens = 0 }));
    }

    [Fact]
    public void The_penalty_knows_the_whole_prompt()
    {
        static void Same(ReadOnlySpan<int> tokens, Span<float> logits)
        {
            logits.Fill(1);
            logits[7] = 1.5f;
        }

        TokenGenerator generator = TokenGenerator.WithoutCache(Same, VocabularySize, 2);
        GenerationOptions options = new() { MaximumTokens = 1, Sampling = SamplingOptions.Greedy with { RepetitionPenalty = 2 } };
        Assert.Equal([7], All(generator, [0, 1, 2], options));
        Assert.Equal([3], All(generator, [7, 0, 1, 2], options));
    }

    [Theory]
    [InlineData(ContextOverflow.Cut)]
    [InlineData(ContextOverflow.Chunk)]
    public void A_token_allocates_nothing(ContextOverflow overflow)
    {
        int[] cache = new int[ContextLength];
        void Step(ReadOnlySpan<int> tokens, int position, Span<float> logits)
        {
            tokens.CopyTo(cache.AsSpan(position));
            Model.Forward(cache.AsSpan(0, position + tokens.Length), logits);
        }

        TokenGenerator generator = TokenGenerator.WithCache(Step, VocabularySize, ContextLength, maximumStep: 3);
        GenerationOptions options = Seeded with { MaximumTokens = 1000, Overflow = overflow, Sampling = new() { TopP = 0.9, TopK = 30, RepetitionPenalty = 1.1 } };
        using GenerationRun run = generator.Start([1, 2, 3], options);
        int made = 0;
        Assert.Equal(0, Allocation.Of(() =>
        {
            // Long enough for the context to overflow.
            for (int i = 0; i < 3 * ContextLength && run.MoveNext(); i++)
                made++;
        }));
        Assert.InRange(made, 6 * ContextLength, options.MaximumTokens);
    }

    [Fact]
    public async Task Streamed_tokens_are_the_same()
    {
        TokenGenerator generator = TokenGenerator.WithCache(new Model().Step, VocabularySize, ContextLength);
        List<int> streamed = [];
        await foreach (int token in generator.GenerateAsync([1, 2], Seeded))
            streamed.Add(token);
        Assert.Equal(All(generator, [1, 2], Seeded), streamed);

        CharacterTokenizer tokenizer = new(string.Concat(Enumerable.Range('A', VocabularySize).Select(c => (char)c)));
        string text = "";
        await foreach (string part in generator.GenerateTextAsync(tokenizer, "BC", Seeded))
            text += part;
        Assert.Equal(tokenizer.Decode(streamed), text);
    }

    [Fact]
    public async Task Cancelling_ends_the_stream()
    {
        TokenGenerator generator = TokenGenerator.WithCache(new Model().Step, VocabularySize, ContextLength);
        using CancellationTokenSource source = new();
        int made = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (int token in generator.GenerateAsync([1], Seeded).WithCancellation(source.Token))
            {
                if (++made == 5)
                    await source.CancelAsync();
            }
        });
        Assert.Equal(5, made);

        // The generator is free again, also after a stream that was left early.
        await foreach (int token in generator.GenerateAsync([1], Seeded))
            break;
        Assert.Equal(40, All(generator, [1], Seeded).Count);
    }

    [Fact]
    public void A_model_that_throws_ends_the_generation()
    {
        int calls = 0;
        TokenGenerator generator = TokenGenerator.WithoutCache(
            (tokens, logits) =>
            {
                if (++calls == 3)
                    throw new InvalidDataException("broken");
                Model.Forward(tokens, logits);
            },
            VocabularySize, ContextLength);
        using GenerationRun run = generator.Start([1], Seeded);
        Assert.True(run.MoveNext() && run.MoveNext());
        Assert.Throws<InvalidDataException>(() => run.MoveNext());
        Assert.False(run.MoveNext());
        run.Dispose();
        Assert.Throws<ObjectDisposedException>(() => run.MoveNext());
    }

    [Fact]
    public void Wrong_arguments_and_two_generations_at_once_are_refused()
    {
        TokenGenerator generator = TokenGenerator.WithoutCache(Model.Forward, VocabularySize, ContextLength);
        Assert.Throws<ArgumentException>(() => generator.Start([]));
        Assert.Throws<ArgumentException>(() => generator.Start([0, VocabularySize]));
        Assert.Throws<ArgumentException>(() => generator.Start([-1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Start([0], new() { KeptTokens = ContextLength + 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationOptions { KeptTokens = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationOptions { MaximumTokens = -1 });
        using (generator.Start([0]))
            Assert.Throws<InvalidOperationException>(() => generator.Start([0]));
        generator.Start([0]).Dispose();
    }

    static List<int> All(TokenGenerator generator, int[] prompt, GenerationOptions options)
    {
        using GenerationRun run = generator.Start(prompt, options);
        List<int> tokens = [];
        while (run.MoveNext())
            tokens.Add(run.Current);
        return tokens;
    }
}
