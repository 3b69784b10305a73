using System.Runtime.Intrinsics;
using Xunit;

namespace GraphCompiler.Kernels.Tests;

public sealed class FlashAttention512Tests : FlashAttentionTests<Float512>;

public sealed class FlashAttention256Tests : FlashAttentionTests<Float256>;

public sealed class FlashAttention128Tests : FlashAttentionTests<Float128>;

public abstract class FlashAttentionTests<V>
    where V : unmanaged, IVector<V>
{
    static AttentionShape Shape(
        int batch, int heads, int keyHeads, int queryLength, int keyLength, int headSize, bool causal = false,
        int window = 0, int? keyCount = null, float? scale = null) => new()
        {
            Batch = batch,
            Heads = heads,
            KeyHeads = keyHeads,
            QueryLength = queryLength,
            KeyLength = keyLength,
            KeyCount = keyCount ?? keyLength,
            HeadSize = headSize,
            Scale = scale ?? 1 / MathF.Sqrt(headSize),
            IsCausal = causal,
            Window = window,
        };

    public static TheoryData<int, int, int, int, int, int, bool, int> Shapes => new()
    {
        { 1, 1, 1, 1, 1, 1, false, 0 }, { 1, 1, 1, 1, 1, 16, true, 0 }, { 1, 2, 1, 3, 3, 17, true, 0 },
        { 2, 4, 4, 64, 64, 32, true, 0 }, { 1, 2, 2, 64, 64, 32, false, 0 }, { 1, 2, 1, 129, 129, 64, true, 0 },
        { 1, 1, 1, 150, 131, 48, false, 0 }, { 1, 1, 1, 40, 200, 40, true, 0 }, { 1, 1, 1, 200, 40, 40, true, 0 },
        { 1, 6, 2, 50, 50, 24, true, 9 }, { 1, 3, 1, 70, 70, 20, false, 5 }, { 1, 1, 1, 260, 260, 16, true, 100 },
        { 1, 1, 1, 20, 300, 256, true, 0 }, { 1, 1, 1, 35, 35, 255, false, 0 }, { 1, 2, 1, 9, 500, 80, false, 0 },
        { 1, 1, 1, 33, 17, 7, true, 1 }, { 1, 1, 1, 300, 20, 12, false, 4 }, { 1, 1, 1, 97, 97, 96, true, 0 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_and_backward_are_right(
        int batch, int heads, int keyHeads, int queryLength, int keyLength, int headSize, bool causal, int window)
    {
        using var attention = new AttentionCase(
            Shape(batch, heads, keyHeads, queryLength, keyLength, headSize, causal, window));
        attention.Run<V>(1);
        attention.AssertRight();
    }

    [Fact]
    public void Random_attentions_are_right_and_have_the_same_bits_on_every_team()
    {
        var random = new Random(31);
        int cases = Vector128.IsHardwareAccelerated ? 60 : 15;
        for (int i = 0; i < cases; i++)
        {
            using AttentionCase attention = Random(random, i);
            int[][] bits = attention.Run<V>(1);
            attention.AssertRight();
            int workers = 2 + (i % 3);
            int[][] others = attention.Run<V>(workers);
            for (int tensor = 0; tensor < bits.Length; tensor++)
            {
                bool same = bits[tensor].AsSpan().SequenceEqual(others[tensor]);
                Assert.True(same, $"{attention}: {workers} workers, tensor {tensor}");
            }
        }
    }

    static AttentionCase Random(Random random, int seed)
    {
        int keyHeads = random.Next(1, 4), group = random.Next(1, 4);
        int queryLength = random.Next(1, 1 << random.Next(1, 9)), keyLength = random.Next(1, 1 << random.Next(1, 9));
        bool isFused = random.Next(3) == 0;
        if (isFused || random.Next(3) == 0)
            keyLength = queryLength;
        int keyCount = random.Next(3) == 0 ? random.Next(keyLength + 1) : keyLength;
        int headSize = random.Next(3) == 0 ? random.Next(1, 70) : 16 * random.Next(1, 5);
        int window = random.Next(3) == 0 ? random.Next(1, 1 << random.Next(1, 9)) : 0;
        AttentionShape shape = Shape(
            random.Next(1, 3), keyHeads * group, keyHeads, queryLength, keyLength, headSize, random.Next(2) == 0,
            window, keyCount, random.Next(3) == 0 ? 2 * random.NextSingle() : null);
        return new AttentionCase(
            shape, (AttentionLayout)random.Next(3), isFused, random.Next(3) == 0 ? 0.3f : 0,
            random.Next(3) == 0 ? random.NextDouble() : 0, seed);
    }

    public static TheoryData<int, int, int, int, int, int, bool, double> Decodings => new()
    {
        { 1, 1, 1, 1, 2000, 64, true, 0 }, { 1, 4, 1, 2, 1500, 40, true, 0 }, { 2, 3, 3, 1, 700, 17, false, 0.3 },
        { 1, 2, 2, 4, 1400, 16, true, 0.01 }, { 3, 8, 1, 1, 300, 128, true, 0 }, { 1, 5, 1, 1, 900, 256, false, 0.9 },
    };

    [Theory]
    [MemberData(nameof(Decodings))]
    public void Few_queries_of_many_keys_are_right_and_have_the_same_bits_on_every_team(
        int batch, int heads, int keyHeads, int queryLength, int keyLength, int headSize, bool causal, double masked)
    {
        AttentionShape shape = Shape(
            batch, heads, keyHeads, queryLength, keyLength, headSize, causal, keyCount: keyLength - 3);
        using var attention = new AttentionCase(shape, AttentionLayout.Spread, maskedShare: masked, dropout: 0.1f);
        int[][] bits = attention.Run<V>(1);
        attention.AssertRight();
        for (int workers = 2; workers <= 4; workers++)
            Assert.Equal(bits, attention.Run<V>(workers));
    }

    /// <summary>What lies in 16 bits is widened and then the same numbers, in the same order of sums.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    [InlineData(1, 4, 1, 2, 1500, 40, true, 0)]
    [InlineData(2, 3, 3, 1, 700, 17, false, 0)]
    public void Operands_of_16_bits_give_the_bits_of_the_same_numbers_in_single_precision(
        int batch, int heads, int keyHeads, int queryLength, int keyLength, int headSize, bool causal, int window)
    {
        AttentionShape shape = Shape(batch, heads, keyHeads, queryLength, keyLength, headSize, causal, window);
        using var attention = new AttentionCase(shape, AttentionLayout.Spread, dropout: 0.1f, maskedShare: 0.05);
        Assert.Equal(attention.RunRounded<V, Float16>(1), attention.Run<V>(1));
        int[][] narrow = attention.RunRounded<V, BFloat16>(2);
        Assert.Equal(narrow, attention.Run<V>(1));
        attention.AssertRight();
        var (ofNarrow, ofSingle) = attention.BackwardOfRounded<V, BFloat16>(2);
        Assert.Equal(ofSingle, ofNarrow);
    }

    [Fact]
    public void Each_gradient_is_the_same_without_the_others()
    {
        using var attention = new AttentionCase(Shape(1, 4, 2, 140, 140, 24, causal: true), dropout: 0.2f);
        int[][] all = attention.Run<V>(1);
        for (int wanted = 1; wanted < 8; wanted++)
        {
            bool queries = (wanted & 1) != 0, keys = (wanted & 2) != 0, values = (wanted & 4) != 0;
            int[][] some = attention.Run<V>(2, queries, keys, values);
            int nan = BitConverter.SingleToInt32Bits(float.NaN);
            Assert.True(queries ? all[2].AsSpan().SequenceEqual(some[2]) : some[2].All(b => b == nan));
            Assert.True(keys ? all[3].AsSpan().SequenceEqual(some[3]) : some[3].All(b => b == nan));
            Assert.True(values ? all[4].AsSpan().SequenceEqual(some[4]) : some[4].All(b => b == nan));
        }
    }

    [Fact]
    public void The_result_is_the_same_without_the_log_sum_exp()
    {
        using var attention = new AttentionCase(Shape(2, 2, 2, 70, 70, 20, causal: true));
        Assert.Equal(attention.Forward<V>(1, withLogSumExp: true), attention.Forward<V>(2, withLogSumExp: false));
    }

    [Theory]
    [InlineData(70)]
    [InlineData(2)]
    public void The_log_sum_exp_is_the_same_without_the_result(int queryLength)
    {
        using var attention = new AttentionCase(Shape(2, 2, 2, queryLength, 70, 20, causal: true));
        Assert.Equal(attention.Run<V>(1)[1], attention.LogSumExpAlone<V>(2));
    }

    [Theory]
    [InlineData(-0.6f)]
    [InlineData(0f)]
    [InlineData(3f)]
    public void Any_scale_is_right(float scale)
    {
        using var attention = new AttentionCase(Shape(1, 2, 1, 90, 140, 20, causal: true, scale: scale));
        attention.Run<V>(1);
        attention.AssertRight();
        using var few = new AttentionCase(Shape(1, 2, 1, 2, 140, 20, causal: true, scale: scale));
        few.Run<V>(1);
        few.AssertRight();
    }

    [Theory]
    [InlineData(1, 1, 41)]
    [InlineData(1, 1, -1)]
    [InlineData(3, 2, 40)]
    public unsafe void Shapes_without_memory_for_them_are_refused(int heads, int keyHeads, int keyCount)
    {
        AttentionShape shape = Shape(1, heads, keyHeads, 30, 40, 16, keyCount: keyCount);
        Assert.ThrowsAny<ArgumentException>(() => Teams.Run(2, worker => FlashAttention.Forward<V>(
            worker, shape, default, default, default, default, default, default, null)));
        Assert.ThrowsAny<ArgumentException>(() => Teams.Run(2, worker => FlashAttention.Backward<V>(
            worker, shape, default, default, default, default, default, default, null, default, default, default,
            default)));
    }

    [Fact]
    public void No_keys_give_zeros()
    {
        using var attention = new AttentionCase(Shape(1, 2, 1, 5, 40, 20, causal: true, keyCount: 0));
        attention.Run<V>(2);
        attention.AssertRight();
    }

    [Fact]
    public void Large_scores_do_not_overflow()
    {
        using var attention = new AttentionCase(Shape(1, 1, 1, 60, 300, 32, scale: 40));
        attention.Forward<V>(1, withLogSumExp: true);
        var bits = attention.Forward<V>(1, withLogSumExp: true);
        Assert.All(bits, b => Assert.True(float.IsFinite(BitConverter.Int32BitsToSingle(b))));
    }
}
