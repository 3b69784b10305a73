using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Decoding with kept keys and values gives the logits of the full pass, in parts of any length.</summary>
public class CachedDecodingTests
{
    delegate void Next(ReadOnlySpan<int> tokens, int position, Span<float> logits);

    public static TheoryData<int[]> Parts => [[23], [1, 1, 1, 1], [5, 1, 7, 1, 9], [22, 1], [3, 20]];

    [Theory]
    [MemberData(nameof(Parts))]
    public void By_hand(int[] parts)
    {
        using SmallCachedReader model = new(3);
        using var session = model.CreateSession();
        Compare(model.Logits, session.Next, SmallCachedReader.Vocabulary, parts);
        session.Reset();
        Compare(model.Logits, session.Next, SmallCachedReader.Vocabulary, parts);
    }

    [Theory]
    [InlineData(96)]
    [InlineData(40, 1, 1, 1, 1, 30, 1, 1)]
    [InlineData(1, 1, 1, 61, 1, 1)]
    public void As_one_operation(params int[] parts)
    {
        using CachedReader model = new(3);
        using var session = model.CreateSession();
        Compare(model.Logits, session.Next, CachedReader.Vocabulary, parts);
    }

    delegate void Logits(ReadOnlySpan<int> tokens, Span<float> logits);

    static void Compare(Logits full, Next next, int vocabulary, int[] parts)
    {
        int[] tokens = Numbers.Labels(parts.Sum(), vocabulary, 5);
        float[] expected = new float[tokens.Length * vocabulary], actual = new float[vocabulary];
        full(tokens, expected);
        int position = 0;
        foreach (int part in parts)
        {
            next(tokens.AsSpan(position, part), position, actual);
            position += part;
            Numbers.AssertClose(expected.AsSpan((position - 1) * vocabulary, vocabulary), actual, 1e-5, $"after {position} tokens");
        }
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        float[] expected = Run(1);
        foreach (int threads in new[] { 2, 4 })
            Numbers.AssertSameBits(expected, Run(threads), $"{threads} threads");

        static float[] Run(int threads)
        {
            using CachedReader model = new(3, new ModelOptions { Threads = threads });
            using var session = model.CreateSession();
            int[] tokens = Numbers.Labels(CachedReader.Context, CachedReader.Vocabulary, 7);
            float[] logits = new float[CachedReader.Vocabulary];
            List<float> all = [];
            for (int position = 0; position < tokens.Length;)
            {
                int part = position == 0 ? 80 : 1;
                session.Next(tokens.AsSpan(position, part), position, logits);
                all.AddRange(logits);
                position += part;
            }

            return [.. all];
        }
    }

    [Fact]
    public void Several_sessions_read_at_once()
    {
        using CachedReader model = new(3, new ModelOptions { Threads = 2 });
        float[][] alone = [.. Enumerable.Range(0, 4).Select(Run)], together = new float[4][];
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => together[i] = Run(i));
        for (int i = 0; i < 4; i++)
            Numbers.AssertSameBits(alone[i], together[i], $"session {i}");

        float[] Run(int seed)
        {
            using var session = model.CreateSession();
            int[] tokens = Numbers.Labels(60, CachedReader.Vocabulary, seed);
            float[] logits = new float[CachedReader.Vocabulary];
            for (int position = 0; position < tokens.Length; position++)
                session.Next(tokens.AsSpan(position, 1), position, logits);
            return logits;
        }
    }

    [Fact]
    public void A_part_beyond_the_context_is_refused_and_nothing_is_written()
    {
        using SmallCachedReader model = new(3);
        using var session = model.CreateSession();
        int[] tokens = Numbers.Labels(23, SmallCachedReader.Vocabulary, 5);
        float[] logits = new float[SmallCachedReader.Vocabulary], again = new float[SmallCachedReader.Vocabulary];
        session.Next(tokens.AsSpan(0, 20), 0, logits);
        session.Next(tokens.AsSpan(19, 1), 19, logits);
        Assert.Equal("position", Assert.Throws<ArgumentOutOfRangeException>(() => session.Next(tokens.AsSpan(0, 4), 20, again)).ParamName);
        Assert.Equal("position", Assert.Throws<ArgumentOutOfRangeException>(() => session.Next(tokens.AsSpan(0, 1), -1, again)).ParamName);
        session.Next(tokens.AsSpan(19, 1), 19, again);
        Numbers.AssertSameBits(logits, again, "after the refusals");
    }
}
