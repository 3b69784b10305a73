using Xunit;

namespace GraphCompiler.Kernels.Tests;

/// <summary>Products with weights of 8 and 4 bits against sums in double precision of what the formats say that the numbers are.</summary>
public sealed unsafe class QuantizedProductTests
{
    static readonly (int M, int N, int K)[] Sizes = [(1, 1, 1), (1, 16, 32), (2, 10, 16), (5, 33, 70), (4, 48, 96), (9, 31, 100), (131, 17, 33)];

    /// <summary>A product whose operands end at pages that may not be touched.</summary>
    sealed class Product : IDisposable
    {
        readonly GuardedMemory activations, packed, result;
        readonly bool isInt4;

        public Product(int m, int n, int k, bool isInt4, int seed)
        {
            (M, N, K, this.isInt4) = (m, n, k, isInt4);
            var random = new Random(seed);
            Weights = new float[n * k];
            for (int i = 0; i < Weights.Length; i++)
                Weights[i] = (random.NextSingle() - 0.4f) * (1 + (i % 7));
            activations = new GuardedMemory(m * k * sizeof(float));
            packed = new GuardedMemory((int)WeightPacking.Bytes(Format, n, k));
            result = new GuardedMemory(m * n * sizeof(float));
            for (int i = 0; i < m * k; i++)
                A[i] = (random.NextSingle() - 0.5f) * MathF.Exp(random.NextSingle() * 4);
            Unpacked = new float[n * k];
            fixed (float* weights = Weights, unpacked = Unpacked)
            {
                WeightPacking.Pack(Format, weights, n, k, k, 1, W);
                WeightPacking.Unpack(Format, W, n, k, unpacked, k, 1);
            }
        }

        public int M { get; }
        public int N { get; }
        public int K { get; }
        public float[] Weights { get; }
        public float[] Unpacked { get; }
        public float* A => activations.LastFloats(M * K);
        float* C => result.LastFloats(M * N);
        WeightFormat Format => isInt4 ? WeightFormat.Int4 : WeightFormat.Int8;
        byte* W => packed.End - WeightPacking.Bytes(Format, N, K);

        public float[] Run<V>(int workers, int firstRow, int rows)
            where V : unmanaged, IVector<V>
        {
            new Span<float>(C, M * N).Fill(float.NaN);
            Teams.Run(workers, QuantizedProduct.ScratchFloats, worker =>
            {
                RowMajorMatrix a = new(A + (firstRow * K), K);
                if (isInt4)
                    QuantizedProduct.Share<V, Int4Weights, RowMajorMatrix, StoreTo>(worker, rows, N, K, a, W, new(C, N));
                else
                    QuantizedProduct.Share<V, Int8Weights, RowMajorMatrix, StoreTo>(worker, rows, N, K, a, W, new(C, N));
            });
            return new Span<float>(C, rows * N).ToArray();
        }

        public void Dispose()
        {
            activations.Dispose();
            packed.Dispose();
            result.Dispose();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Results_are_the_sums_of_what_was_quantised(bool isInt4)
    {
        foreach (var (m, n, k) in Sizes)
        {
            using var product = new Product(m, n, k, isInt4, seed: m + n);
            float[] results = product.Run<Float256>(1, 0, m);
            for (int row = 0; row < m; row++)
            {
                double[] activations = Quantized(new ReadOnlySpan<float>(product.A + (row * k), k));
                for (int column = 0; column < n; column++)
                {
                    double sum = 0, magnitude = 0;
                    for (int i = 0; i < k; i++)
                    {
                        double term = activations[i] * product.Unpacked[(column * k) + i];
                        (sum, magnitude) = (sum + term, magnitude + Math.Abs(term));
                    }
                    Assert.True(Math.Abs(results[(row * n) + column] - sum) <= 2e-6 * magnitude, $"{m}, {n}, {k}: {results[(row * n) + column]} instead of {sum}");
                }
            }
        }
    }

    /// <summary>A row as it is multiplied, from the definition: groups of 32, the nearest of 127 steps of the largest magnitude.</summary>
    static double[] Quantized(ReadOnlySpan<float> row)
    {
        double[] result = new double[row.Length];
        for (int first = 0; first < row.Length; first += 32)
        {
            float largest = 0;
            for (int i = first; i < Math.Min(row.Length, first + 32); i++)
                largest = Math.Max(largest, Math.Abs(row[i]));
            for (int i = first; i < Math.Min(row.Length, first + 32); i++)
                result[i] = MathF.Round(row[i] * (127 / largest)) * (double)(largest / 127);
        }
        return result;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bits_depend_on_nothing_but_the_rows(bool isInt4)
    {
        foreach (var (m, n, k) in Sizes)
        {
            using var product = new Product(m, n, k, isInt4, seed: m + n);
            float[] expected = product.Run<Float256>(1, 0, m);
            Assert.Equal(expected, product.Run<Float512>(1, 0, m));
            Assert.Equal(expected, product.Run<Float128>(1, 0, m));
            for (int workers = 2; workers <= 4; workers++)
                Assert.Equal(expected, product.Run<Float256>(workers, 0, m));
            for (int row = 0; row < m; row += 1 + (m / 5))
                Assert.Equal(expected[(row * n)..((row + 1) * n)], product.Run<Float256>(1, row, 1));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void What_is_not_finite_makes_its_row_not_finite(float number)
    {
        foreach (bool isInt4 in new[] { false, true })
        {
            using var product = new Product(3, 20, 70, isInt4, seed: 5);
            float[] before = product.Run<Float256>(1, 0, 3);
            product.A[70 + 40] = number;
            float[] after = product.Run<Float256>(1, 0, 3);
            Assert.All(after[20..40], result => Assert.False(float.IsFinite(result)));
            Assert.Equal((float[])[.. before[..20], .. before[40..]], (float[])[.. after[..20], .. after[40..]]);
        }
    }

    [Fact]
    public void Groups_of_tiny_numbers_are_zeros()
    {
        using var product = new Product(1, 16, 64, isInt4: false, seed: 5);
        for (int i = 0; i < 64; i++)
            product.A[i] = 1e-38f;
        Assert.All(product.Run<Float512>(1, 0, 1), result => Assert.Equal(0, result));
    }

    [Fact]
    public void Weights_of_8_bits_are_the_nearest_of_their_rows_steps()
    {
        using var product = new Product(1, 21, 75, isInt4: false, seed: 3);
        for (int row = 0; row < 21; row++)
        {
            float largest = product.Weights.Skip(row * 75).Take(75).Max(Math.Abs);
            for (int i = row * 75; i < (row + 1) * 75; i++)
                Assert.True(Math.Abs(product.Weights[i] - product.Unpacked[i]) <= largest / 127 / 2 * 1.0001f);
        }
    }

    [Fact]
    public void Weights_of_4_bits_are_better_than_those_of_the_whole_range()
    {
        using var product = new Product(1, 21, 75, isInt4: true, seed: 3);
        double found = 0, plain = 0;
        for (int row = 0; row < 21; row++)
        {
            for (int first = 0; first < 75; first += 32)
            {
                var group = Enumerable.Range((row * 75) + first, Math.Min(32, 75 - first)).ToList();
                double low = group.Min(i => product.Weights[i]), step = (group.Max(i => product.Weights[i]) - low) / 15;
                found += group.Sum(i => Math.Pow(product.Weights[i] - product.Unpacked[i], 2));
                plain += group.Sum(i => Math.Pow(product.Weights[i] - low - (Math.Round((product.Weights[i] - low) / step) * step), 2));
            }
        }
        Assert.InRange(found, 0.3 * plain, 0.95 * plain);
    }

    [Fact]
    public void Equal_weights_and_zeros_are_kept()
    {
        float[] weights = [.. Enumerable.Repeat(0.5f, 40), .. Enumerable.Repeat(0f, 40)], unpacked = new float[80];
        byte[] packed = new byte[WeightPacking.Bytes(WeightFormat.Int8, 2, 40)];
        fixed (float* from = weights, to = unpacked)
        {
            fixed (byte* at = packed)
            {
                foreach (var format in new[] { WeightFormat.Int8, WeightFormat.Int4 })
                {
                    WeightPacking.Pack(format, from, 2, 40, 40, 1, at);
                    WeightPacking.Unpack(format, at, 2, 40, to, 40, 1);
                    Assert.Equal(weights, unpacked);
                }
            }
        }
    }
}
