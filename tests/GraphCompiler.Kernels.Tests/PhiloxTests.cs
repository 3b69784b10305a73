using Xunit;

namespace GraphCompiler.Kernels.Tests;

public sealed class PhiloxFloat512Tests : PhiloxVectorTests<Float512>;

public sealed class PhiloxFloat256Tests : PhiloxVectorTests<Float256>;

public sealed class PhiloxFloat128Tests : PhiloxVectorTests<Float128>;

public class PhiloxTests
{
    /// <summary>The known answers published with the authors' Random123 library (kat_vectors, philox4x32 10).</summary>
    [Theory]
    [InlineData(new uint[] { 0, 0, 0, 0 }, new uint[] { 0, 0 },
        new uint[] { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 })]
    [InlineData(new uint[] { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff }, new uint[] { 0xffffffff, 0xffffffff },
        new uint[] { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd })]
    [InlineData(new uint[] { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 }, new uint[] { 0xa4093822, 0x299f31d0 },
        new uint[] { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 })]
    public void Block_gives_the_published_answers(uint[] counter, uint[] key, uint[] expected)
    {
        uint[] block = new uint[4];
        Philox.Block(counter, key, block);
        Assert.Equal(expected, block);
    }

    [Fact]
    public void Block_refuses_short_spans()
    {
        Assert.Throws<ArgumentException>(() => Philox.Block(new uint[3], new uint[2], new uint[4]));
        Assert.Throws<ArgumentException>(() => Philox.Block(new uint[4], new uint[1], new uint[4]));
        Assert.Throws<ArgumentException>(() => Philox.Block(new uint[4], new uint[2], new uint[3]));
    }

    [Fact]
    public void Uniform_is_the_first_word_of_its_block()
    {
        const ulong seed = 0x0123456789abcdef, step = 77, index = 0x1_0000_0005;
        const uint stream = 9;
        uint[] block = new uint[4];
        Philox.Block([5, 1, 77, stream], [0x89abcdef, 0x01234567], block);
        Assert.Equal((block[0] >> 8) / 16777216f, Philox.Uniform(seed, step, stream, index));
    }

    [Fact]
    public void Uniform_fills_the_interval()
    {
        const int Draws = 200_000;
        int[] bins = new int[20];
        double sum = 0;
        for (int i = 0; i < Draws; i++)
        {
            float value = Philox.Uniform(1, 0, 0, (ulong)i);
            Assert.InRange(value, 0f, 0.99999994f);
            bins[(int)(value * bins.Length)]++;
            sum += value;
        }
        Assert.InRange(sum / Draws, 0.498, 0.502);
        // 10,000 expected in each; the standard deviation is 97.
        Assert.All(bins, count => Assert.InRange(count, 9500, 10500));
    }

    [Fact]
    public void Uniform_differs_by_seed_step_and_stream()
    {
        float[] values =
        [
            Philox.Uniform(1, 1, 1, 1), Philox.Uniform(2, 1, 1, 1), Philox.Uniform(1UL << 32 | 1, 1, 1, 1),
            Philox.Uniform(1, 2, 1, 1), Philox.Uniform(1, 1, 2, 1), Philox.Uniform(1, 1, 1, 2),
        ];
        Assert.Equal(values.Length, values.Distinct().Count());
    }
}

public abstract unsafe class PhiloxVectorTests<TVector>
    where TVector : unmanaged, IVector<TVector>
{
    [Theory]
    [InlineData(0UL)]
    [InlineData(7UL)]
    [InlineData(0x7fff_fff9UL)]
    [InlineData(0xffff_fff0UL)]
    [InlineData(0xffff_fffdUL)]
    [InlineData(0xffff_ffffUL)]
    [InlineData(0x1_0000_0000UL)]
    [InlineData(0xffff_ffff_ffff_fffeUL)]
    public void Uniform_is_the_scalar_one_lane_by_lane(ulong first)
    {
        const ulong seed = 0xfeed_beef_1234_5678, step = 0xffff_fff0;
        float* lanes = stackalloc float[TVector.Count];
        TVector.Store(lanes, Philox.Uniform<TVector>(seed, step, 0x8000_0001, first));
        for (int i = 0; i < TVector.Count; i++)
            Assert.Equal(Philox.Uniform(seed, step, 0x8000_0001, first + (ulong)i), lanes[i]);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 64)]
    [InlineData(0xFFFF_FF00, 7)]
    [InlineData(0xFFFF_FF00, 97)]
    [InlineData(0x3_0000_0000, 0)]
    [InlineData(123, 0x1000_0001)]
    [InlineData(1000, -3)]
    [InlineData(1, 0x2_0000_0001)]
    public void Uniform_strided_is_the_scalar_one_lane_by_lane(ulong first, long stride)
    {
        float* lanes = stackalloc float[TVector.Count];
        TVector.Store(lanes, Philox.UniformStrided<TVector>(11, 12, 13, first, stride));
        for (int i = 0; i < TVector.Count; i++)
            Assert.Equal(Philox.Uniform(11, 12, 13, first + ((ulong)stride * (ulong)i)), lanes[i]);
    }
}
