using Xunit;

namespace GraphCompiler.Kernels.Tests;

public sealed class DoublesWith512BitsTests : DoublesTests<Float512>;

public sealed class DoublesWith256BitsTests : DoublesTests<Float256>;

public sealed class DoublesWith128BitsTests : DoublesTests<Float128>;

/// <summary>Lanes of 64 bits at every width, beside what C# computes.</summary>
public abstract unsafe class DoublesTests<V>
    where V : unmanaged, IVector<V>
{
    static readonly double[] Numbers =
        [0, -0.0, 1, -1.5, 0.1, double.MaxValue, double.NegativeInfinity, double.NaN, double.Epsilon, 16777217, 4294967296.25, -9876543210.75, 1e-300];

    static double[] Left => [.. Enumerable.Range(0, 13 * 16).Select(i => Numbers[i % 13])];

    static double[] Right => [.. Enumerable.Range(0, 13 * 16).Select(i => Numbers[(i / 13 + i) % 13])];

    static void Check(Func<double, double, double> expected, Func<Doubles<V>, Doubles<V>, Doubles<V>> actual)
    {
        double[] a = Left, b = Right, results = new double[V.Count];
        fixed (double* left = a, right = b, destination = results)
        {
            for (int i = 0; i < a.Length; i += V.Count)
            {
                Doubles<V>.Store(destination, actual(Doubles<V>.Load(left + i), Doubles<V>.Load(right + i)));
                Assert.Equal([.. Enumerable.Range(i, V.Count).Select(k => expected(a[k], b[k]))], results);
            }
        }
    }

    [Fact]
    public void Computes_as_CSharp_does()
    {
        Check((a, b) => a + b, (a, b) => a + b);
        Check((a, b) => a - b, (a, b) => a - b);
        Check((a, b) => a * b, (a, b) => a * b);
        Check((a, b) => a / b, (a, b) => a / b);
        Check((a, _) => -a, (a, _) => -a);
    }

    [Fact]
    public void Functions_are_those_of_CSharp()
    {
        Check(Math.Max, Doubles<V>.Max);
        Check(Math.Min, Doubles<V>.Min);
        Check((a, _) => Math.Abs(a), (a, _) => Doubles<V>.Abs(a));
        Check((a, _) => Math.Floor(a), (a, _) => Doubles<V>.Floor(a));
        Check((a, _) => Math.Sqrt(a), (a, _) => Doubles<V>.Sqrt(a));
        Check((a, _) => 1 / Math.Sqrt(a), (a, _) => Doubles<V>.ReciprocalSqrt(a));
        Check((a, _) => a < 0 ? 0 : a, (a, _) => Doubles<V>.Relu(a));
        Check((a, _) => double.IsNaN(a) ? a : Math.Sign(a), (a, _) => Doubles<V>.Sign(a));
    }

    [Fact]
    public void Masks_choose_and_become_one_and_zero()
    {
        Check((a, b) => a < b ? 1 : 0, (a, b) => Doubles<V>.FromMask(Doubles<V>.LessThan(a, b)));
        Check((a, b) => a <= b ? 1 : 0, (a, b) => Doubles<V>.FromMask(Doubles<V>.LessThanOrEqual(a, b)));
        Check((a, b) => a > b ? 1 : 0, (a, b) => Doubles<V>.FromMask(Doubles<V>.GreaterThan(a, b)));
        Check((a, b) => a >= b ? 1 : 0, (a, b) => Doubles<V>.FromMask(Doubles<V>.GreaterThanOrEqual(a, b)));
        Check((a, b) => a == b ? a : b, (a, b) => Doubles<V>.Select(Doubles<V>.Equal(a, b), a, b));
        Check((a, b) => a != b ? a : 7, (a, b) => Doubles<V>.Select(Doubles<V>.NotEqual(a, b), a, Doubles<V>.Splat(7)));
        Check((a, _) => a != 0 ? 1 : 0, (a, _) => Doubles<V>.FromMask(Doubles<V>.NotEqual(a, Doubles<V>.Zero)));
    }

    [Fact]
    public void Converts_as_CSharp_does()
    {
        Check((a, _) => (int)a, (a, _) => Doubles<V>.FromIntegers(Doubles<V>.ToIntegers(a)));
        Check((a, _) => (long)a, (a, _) => Doubles<V>.FromLongs(Doubles<V>.ToLongs(a)));
        Check((a, _) => (float)a, (a, _) => Doubles<V>.FromSingle(Doubles<V>.ToSingle(a)));
    }

    /// <summary>Every count, at the end of memory and at its begin.</summary>
    [Fact]
    public void Partial_access_touches_nothing_beyond()
    {
        using var memory = new GuardedMemory(4096);
        double[] lanes = new double[V.Count];
        for (int count = -1; count <= V.Count + 1; count++)
        {
            int whole = int.Clamp(count, 0, V.Count);
            foreach (nint address in new[] { (nint)memory.Start, (nint)((double*)memory.End - whole) })
            {
                double* place = (double*)address;
                for (int i = 0; i < whole; i++)
                    place[i] = 0.1 + i;
                fixed (double* destination = lanes)
                    Doubles<V>.Store(destination, Doubles<V>.LoadPartial(place, count));
                Assert.Equal([.. Enumerable.Range(0, V.Count).Select(i => i < whole ? 0.1 + i : 0)], lanes);
                Doubles<V>.StorePartial(place, count, Doubles<V>.Splat(-3));
                for (int i = 0; i < whole; i++)
                    Assert.Equal(-3, place[i]);
            }
        }
    }

    [Fact]
    public void Partial_store_leaves_what_comes_behind()
    {
        double[] memory = new double[V.Count];
        for (int count = 0; count <= V.Count; count++)
        {
            Array.Fill(memory, 90);
            fixed (double* destination = memory)
                Doubles<V>.StorePartial(destination, count, Doubles<V>.Splat(7));
            Assert.Equal([.. Enumerable.Repeat(7.0, count), .. Enumerable.Repeat(90.0, V.Count - count)], memory);
        }
    }

    [Fact]
    public void Strided_loads_take_every_element_of_a_stride()
    {
        double[] elements = [.. Enumerable.Range(0, V.Count * 3).Select(i => i + 0.1)], lanes = new double[V.Count];
        fixed (double* source = elements, destination = lanes)
        {
            Doubles<V>.Store(destination, Doubles<V>.LoadStrided(source, 3));
            Assert.Equal([.. Enumerable.Range(0, V.Count).Select(i => elements[3 * i])], lanes);
            Doubles<V>.Store(destination, Doubles<V>.LoadStridedPartial(source, 3, 2));
            Assert.Equal([elements[0], elements[3], .. new double[V.Count - 2]], lanes);
        }
    }
}
