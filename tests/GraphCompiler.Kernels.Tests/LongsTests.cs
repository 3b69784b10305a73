using Xunit;

namespace GraphCompiler.Kernels.Tests;

public sealed class LongsWith512BitsTests : LongsTests<Float512>;

public sealed class LongsWith256BitsTests : LongsTests<Float256>;

public sealed class LongsWith128BitsTests : LongsTests<Float128>;

/// <summary>Lanes of 64 bits at every width, beside what C# computes.</summary>
public abstract unsafe class LongsTests<V>
    where V : unmanaged, IVector<V>
{
    static readonly long[] Numbers =
        [0, 1, -1, long.MaxValue, long.MinValue, 1L << 32, (1L << 32) + 1, -(1L << 32), 9007199254740993, 16777217, int.MinValue, uint.MaxValue, -9876543210];

    static long[] Left => [.. Enumerable.Range(0, 13 * 16).Select(i => Numbers[i % 13])];

    static long[] Right => [.. Enumerable.Range(0, 13 * 16).Select(i => Numbers[(i / 13 + i) % 13])];

    static void Check(Func<long, long, long> expected, Func<Longs<V>, Longs<V>, Longs<V>> actual)
    {
        long[] a = Left, b = Right, results = new long[V.Count];
        fixed (long* left = a, right = b, destination = results)
        {
            for (int i = 0; i < a.Length; i += V.Count)
            {
                Longs<V>.Store(destination, actual(Longs<V>.Load(left + i), Longs<V>.Load(right + i)));
                Assert.Equal([.. Enumerable.Range(i, V.Count).Select(k => expected(a[k], b[k]))], results);
            }
        }
    }

    [Fact]
    public void Computes_as_CSharp_does()
    {
        Check((a, b) => unchecked(a + b), (a, b) => a + b);
        Check((a, b) => unchecked(a - b), (a, b) => a - b);
        Check((a, b) => unchecked(a * b), (a, b) => a * b);
        Check((a, _) => unchecked(-a), (a, _) => -a);
        Check(Math.Max, Longs<V>.Max);
        Check(Math.Min, Longs<V>.Min);
    }

    [Fact]
    public void Masks_choose_and_become_one_and_zero()
    {
        Check((a, b) => a < b ? 1 : 0, (a, b) => Longs<V>.FromMask(Longs<V>.LessThan(a, b)));
        Check((a, b) => a <= b ? 1 : 0, (a, b) => Longs<V>.FromMask(Longs<V>.LessThanOrEqual(a, b)));
        Check((a, b) => a > b ? 1 : 0, (a, b) => Longs<V>.FromMask(Longs<V>.GreaterThan(a, b)));
        Check((a, b) => a >= b ? 1 : 0, (a, b) => Longs<V>.FromMask(Longs<V>.GreaterThanOrEqual(a, b)));
        Check((a, b) => a == b ? a : b, (a, b) => Longs<V>.Select(Longs<V>.Equal(a, b), a, b));
        Check((a, b) => a != b ? a : 7, (a, b) => Longs<V>.Select(Longs<V>.NotEqual(a, b), a, Longs<V>.Splat(7)));
        Check((a, _) => a != 0 ? 1 : 0, (a, _) => Longs<V>.FromMask(Longs<V>.NotEqual(a, Longs<V>.Zero)));
    }

    [Fact]
    public void Converts_as_CSharp_does()
    {
        Check((a, _) => unchecked((int)a), (a, _) => Longs<V>.FromIntegers(Longs<V>.ToIntegers(a)));
        Check((a, _) => (long)(float)a, (a, _) => Longs<V>.Truncate(Longs<V>.ToSingle(a)));
        float[] floats = [.. Enumerable.Range(0, V.Count).Select(i => new[] { 2.9f, -2.9f, float.NaN, 1e20f, float.NegativeInfinity, 1e15f, -0f }[i % 7])];
        long[] integers = new long[V.Count];
        fixed (float* source = floats)
        fixed (long* destination = integers)
            Longs<V>.Store(destination, Longs<V>.Truncate(V.Load(source)));
        Assert.Equal([.. floats.Select(x => (long)x)], integers);
    }

    /// <summary>Every count, at the end of memory and at its begin.</summary>
    [Fact]
    public void Partial_access_touches_nothing_beyond()
    {
        using var memory = new GuardedMemory(4096);
        long[] lanes = new long[V.Count];
        for (int count = -1; count <= V.Count + 1; count++)
        {
            int whole = int.Clamp(count, 0, V.Count);
            foreach (nint address in new[] { (nint)memory.Start, (nint)((long*)memory.End - whole) })
            {
                long* place = (long*)address;
                for (int i = 0; i < whole; i++)
                    place[i] = (1L << 40) + i;
                fixed (long* destination = lanes)
                    Longs<V>.Store(destination, Longs<V>.LoadPartial(place, count));
                Assert.Equal([.. Enumerable.Range(0, V.Count).Select(i => i < whole ? (1L << 40) + i : 0)], lanes);
                Longs<V>.StorePartial(place, count, Longs<V>.Splat(-3));
                for (int i = 0; i < whole; i++)
                    Assert.Equal(-3, place[i]);
            }
        }
    }

    [Fact]
    public void Partial_store_leaves_what_comes_behind()
    {
        long[] memory = new long[V.Count];
        for (int count = 0; count <= V.Count; count++)
        {
            Array.Fill(memory, 90);
            fixed (long* destination = memory)
                Longs<V>.StorePartial(destination, count, Longs<V>.Splat(7));
            Assert.Equal([.. Enumerable.Repeat(7L, count), .. Enumerable.Repeat(90L, V.Count - count)], memory);
        }
    }

    [Fact]
    public void Strided_loads_take_every_element_of_a_stride()
    {
        long[] elements = [.. Enumerable.Range(0, V.Count * 3).Select(i => i - (1L << 50))], lanes = new long[V.Count];
        fixed (long* source = elements, destination = lanes)
        {
            Longs<V>.Store(destination, Longs<V>.LoadStrided(source, 3));
            Assert.Equal([.. Enumerable.Range(0, V.Count).Select(i => elements[3 * i])], lanes);
            Longs<V>.Store(destination, Longs<V>.LoadStridedPartial(source, 3, 2));
            Assert.Equal([elements[0], elements[3], .. new long[V.Count - 2]], lanes);
        }
    }
}
