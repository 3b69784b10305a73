using System.Numerics;
using Xunit;

namespace GraphCompiler.Kernels.Tests;

public sealed class BFloat16With512BitsTests : ElementTests<BFloat16, ushort, Float512>;

public sealed class BFloat16With256BitsTests : ElementTests<BFloat16, ushort, Float256>;

public sealed class BFloat16With128BitsTests : ElementTests<BFloat16, ushort, Float128>;

public sealed class Float16With512BitsTests : ElementTests<Float16, ushort, Float512>;

public sealed class Float16With256BitsTests : ElementTests<Float16, ushort, Float256>;

public sealed class Float16With128BitsTests : ElementTests<Float16, ushort, Float128>;

public sealed class Float8E4M3With512BitsTests : ElementTests<Float8E4M3, byte, Float512>;

public sealed class Float8E4M3With256BitsTests : ElementTests<Float8E4M3, byte, Float256>;

public sealed class Float8E4M3With128BitsTests : ElementTests<Float8E4M3, byte, Float128>;

public sealed class Float8E5M2With512BitsTests : ElementTests<Float8E5M2, byte, Float512>;

public sealed class Float8E5M2With256BitsTests : ElementTests<Float8E5M2, byte, Float256>;

public sealed class Float8E5M2With128BitsTests : ElementTests<Float8E5M2, byte, Float128>;

/// <summary>What every type of 8 or 16 bits of floating-point numbers has to do at every width; N holds its bits.</summary>
public abstract unsafe class ElementTests<T, N, V>
    where T : unmanaged, IElement<T>
    where N : unmanaged, IBinaryInteger<N>
    where V : unmanaged, IVector<V>
{
    static readonly int Patterns = 1 << (8 * sizeof(N));

    /// <summary>A pattern of a finite number.</summary>
    static N Pattern(int i) => N.CreateTruncating(0x3C44 + i);

    static readonly N Sentinel = N.CreateTruncating(0x5A5A);

    /// <summary>What a pattern means, by the runtime and by the definitions of the formats.</summary>
    static float Meaning(N pattern)
    {
        int bits = int.CreateChecked(pattern);
        return typeof(T) == typeof(BFloat16) ? BitConverter.Int32BitsToSingle(bits << 16)
            : typeof(T) == typeof(Float16) ? (float)BitConverter.UInt16BitsToHalf((ushort)bits)
            : (float)(typeof(T) == typeof(Float8E4M3) ? FormatDefinition.E4M3 : FormatDefinition.E5M2).Number(bits);
    }

    static bool AreSame(float a, float b) => float.IsNaN(a) ? float.IsNaN(b) : BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b);

    [Fact]
    public void Load_gives_every_patterns_number_and_store_gives_the_pattern_back()
    {
        N[] stored = new N[V.Count];
        N[] patterns = [.. Enumerable.Range(0, Patterns).Select(N.CreateChecked)];
        float[] lanes = new float[V.Count];
        fixed (N* source = patterns, destination = stored)
        fixed (float* numbers = lanes)
        {
            for (int i = 0; i < Patterns; i += V.Count)
            {
                V loaded = T.Load<V>((T*)source + i);
                V.Store(numbers, loaded);
                T.Store((T*)destination, loaded);
                for (int lane = 0; lane < V.Count; lane++)
                {
                    Assert.True(AreSame(Meaning(patterns[i + lane]), numbers[lane]), $"{i + lane:X4} is {numbers[lane]:R}");
                    Assert.True(AreSame(Meaning(patterns[i + lane]), ((T*)source)[i + lane]), $"{i + lane:X4} alone");
                    Assert.True(float.IsNaN(numbers[lane]) ? float.IsNaN(Meaning(stored[lane])) : stored[lane] == patterns[i + lane],
                        $"{i + lane:X4} is stored as {stored[lane]:X4}");
                }
            }
        }
    }

    [Fact]
    public void What_is_rounded_in_lanes_is_stored_as_the_scalar_conversion_has_it()
    {
        var random = new Random(3);
        float[] numbers = [.. Enumerable.Range(0, 1 << 14).Select(_ => BitConverter.Int32BitsToSingle(random.Next() | random.Next(2) << 31)),
            .. Enumerable.Range(0, 1 << 12).Select(_ => (float)(random.NextDouble() - 0.5) * MathF.Pow(2, random.Next(-28, 18))),
            BitConverter.UInt32BitsToSingle(0x7F80_0001), BitConverter.UInt32BitsToSingle(0xFF80_0001), .. new float[V.Count - 2]];
        N[] stored = new N[numbers.Length];
        fixed (float* source = numbers)
        fixed (N* destination = stored)
        {
            for (int i = 0; i < numbers.Length; i += V.Count)
                T.Store((T*)destination + i, T.Narrow(V.Load(source + i)));
        }
        for (int i = 0; i < numbers.Length; i++)
            Assert.True(AreSame((T)numbers[i], Meaning(stored[i])), $"{numbers[i]:R} is stored as {Meaning(stored[i]):R}");
    }

    /// <summary>Every count, at the end of memory and at its begin.</summary>
    [Fact]
    public void Partial_access_touches_nothing_beyond()
    {
        using var memory = new GuardedMemory(4096);
        float[] lanes = new float[V.Count];
        for (int count = -1; count <= V.Count + 1; count++)
        {
            int whole = int.Clamp(count, 0, V.Count);
            foreach (nint address in new[] { (nint)memory.Start, (nint)((N*)memory.End - whole) })
            {
                N* place = (N*)address;
                for (int i = 0; i < whole; i++)
                    place[i] = Pattern(i * 3);
                fixed (float* numbers = lanes)
                    V.Store(numbers, T.LoadPartial<V>((T*)place, count));
                for (int i = 0; i < V.Count; i++)
                    Assert.Equal(i < whole ? Meaning(Pattern(i * 3)) : 0, lanes[i]);
                for (int i = 0; i < whole; i++)
                    place[i] = Sentinel;
                T.StorePartial((T*)place, count, V.Splat(Meaning(Pattern(5))));
                for (int i = 0; i < whole; i++)
                    Assert.Equal(Pattern(5), place[i]);
            }
        }
    }

    [Fact]
    public void Partial_store_leaves_what_comes_behind()
    {
        N[] memory = new N[V.Count];
        for (int count = 0; count <= V.Count; count++)
        {
            Array.Fill(memory, Sentinel);
            fixed (N* destination = memory)
                T.StorePartial((T*)destination, count, V.Splat(Meaning(Pattern(5))));
            Assert.Equal([.. Enumerable.Repeat(Pattern(5), count), .. Enumerable.Repeat(Sentinel, V.Count - count)], memory);
        }
    }

    [Fact]
    public void Strided_loads_take_every_element_of_a_stride()
    {
        N[] elements = [.. Enumerable.Range(0, V.Count * 3).Select(Pattern)];
        float[] lanes = new float[V.Count];
        fixed (N* source = elements)
        fixed (float* numbers = lanes)
        {
            V.Store(numbers, Strided((T*)source, 3, V.Count));
            Assert.Equal([.. Enumerable.Range(0, V.Count).Select(i => Meaning(elements[3 * i]))], lanes);
            V.Store(numbers, Strided((T*)source, 3, 2));
            Assert.Equal([Meaning(elements[0]), Meaning(elements[3]), .. new float[V.Count - 2]], lanes);
        }
    }

    static V Strided(T* source, nint stride, int count)
    {
        bool isWhole = count == V.Count;
        return typeof(T) == typeof(BFloat16) ? isWhole ? BFloat16.LoadStrided<V>((BFloat16*)source, stride) : BFloat16.LoadStridedPartial<V>((BFloat16*)source, stride, count)
            : typeof(T) == typeof(Float16) ? isWhole ? Float16.LoadStrided<V>((Float16*)source, stride) : Float16.LoadStridedPartial<V>((Float16*)source, stride, count)
            : typeof(T) == typeof(Float8E4M3)
                ? isWhole ? Float8E4M3.LoadStrided<V>((Float8E4M3*)source, stride) : Float8E4M3.LoadStridedPartial<V>((Float8E4M3*)source, stride, count)
            : isWhole ? Float8E5M2.LoadStrided<V>((Float8E5M2*)source, stride) : Float8E5M2.LoadStridedPartial<V>((Float8E5M2*)source, stride, count);
    }
}
