using Xunit;

namespace GraphCompiler.Kernels.Tests;

public abstract unsafe class GemmTests<V>
    where V : unmanaged, IVector<V>
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 0, 5, 3 }, { 5, 0, 3 }, { 0, 0, 0 }, { 5, 7, 0 }, { 600, 3, 0 }, { 1, 1, 1 }, { 1, 1, 700 },
        { 1, 100, 1 }, { 100, 1, 1 },
        { 1, 300, 40 }, { 1, 40, 300 }, { 300, 1, 40 }, { 40, 1, 300 }, { 2, 3, 5 },
        { 7, 15, 17 }, { 9, 17, 16 }, { 17, 33, 15 },
        { 32, 16, 784 }, { 16, 784, 32 }, { 32, 10, 16 }, { 32, 16, 16 }, { 16, 16, 32 }, { 10, 16, 32 },
        { 32, 784, 16 },
        { 48, 48, 48 }, { 49, 49, 513 }, { 64, 64, 512 }, { 65, 97, 129 }, { 96, 64, 1025 },
        { 100, 800, 30 }, { 131, 1601, 7 },
        { 13, 50, 1700 }, { 200, 61, 530 }, { 70, 100, 600 },
    };

    static GemmCase Form(int form, int m, int n, int k, int extraStride, int seed)
        => new(m, n, k, (form & 1) != 0, (form & 2) != 0, extraStride, seed);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Products_of_all_forms_are_right_and_write_nothing_else(int m, int n, int k)
    {
        foreach (int extraStride in new[] { 0, 3 })
        {
            for (int form = 0; form < 4; form++)
            {
                using GemmCase product = Form(form, m, n, k, extraStride, seed: form);
                product.Multiply<V, StoreTo>(1, product.Output);
                product.AssertProduct();
            }
        }
    }

    [Fact]
    public void Products_of_random_sizes_are_right()
    {
        var random = new Random(20);
        for (int i = 0; i < 150; i++)
        {
            int m = random.Next(1, 1 << random.Next(1, 8));
            int n = random.Next(1, 1 << random.Next(1, 8));
            int k = random.Next(1, 1 << random.Next(1, 11));
            bool transposeA = random.Next(2) == 1, transposeB = random.Next(2) == 1;
            using var product = new GemmCase(m, n, k, transposeA, transposeB, random.Next(20), seed: i);
            product.Multiply<V, StoreTo>(random.Next(1, 6), product.Output);
            product.AssertProduct();
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Bits_do_not_depend_on_the_number_of_workers(int m, int n, int k)
    {
        for (int form = 0; form < 4; form++)
        {
            using GemmCase product = Form(form, m, n, k, extraStride: 1, seed: 100 + form);
            int[]? bits = null, sumBits = null;
            for (int workers = 1; workers <= 5; workers++)
            {
                product.ClearC();
                product.Multiply<V, StoreTo>(workers, product.Output);
                bits ??= product.Bits();
                Assert.Equal(bits, product.Bits());

                product.FillC(0.75f);
                product.Multiply<V, AddTo>(workers, product.Sum);
                sumBits ??= product.Bits();
                Assert.Equal(sumBits, product.Bits());
                product.AssertSentinels();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Adding_to_C_adds_the_product(int m, int n, int k)
    {
        for (int form = 0; form < 4; form++)
        {
            using GemmCase product = Form(form, m, n, k, extraStride: 2, seed: 200 + form);
            product.FillC(-1.5f);
            product.Multiply<V, AddTo>(2, product.Sum);
            product.AssertProduct(start: -1.5);
        }
    }

    [Fact]
    public void Zeros_times_NaN_and_infinity_are_NaN()
    {
        for (int form = 0; form < 4; form++)
        {
            (int, int, int)[] shapes = [(3, 4, 5), (32, 16, 784), (65, 70, 40), (1, 33, 9), (80, 1, 600)];
            foreach ((int m, int n, int k) in shapes)
            {
                using GemmCase product = Form(form, m, n, k, extraStride: 0, seed: 7);
                for (int i = 0; i < k; i++)
                    *product.A(m - 1, i) = 0;
                *product.B(k - 1, 0) = float.NaN;
                *product.B(k / 2, n - 1) = float.PositiveInfinity;
                product.Multiply<V, StoreTo>(1, product.Output);
                Assert.True(float.IsNaN(product.C(m - 1, 0)));
                Assert.True(float.IsNaN(product.C(m - 1, n - 1)));
                if (n > 2)
                    Assert.Equal(0, product.C(m - 1, 1));
            }
        }
    }
}

public sealed class GemmTests512 : GemmTests<Float512>;

public sealed class GemmTests256 : GemmTests<Float256>;

public sealed class GemmTests128 : GemmTests<Float128>;
