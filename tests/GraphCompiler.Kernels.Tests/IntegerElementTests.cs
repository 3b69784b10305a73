using System.Numerics;
using Xunit;

namespace GraphCompiler.Kernels.Tests;

public sealed class PackedInt8With512BitsTests : IntegerElementTests<PackedInt8, sbyte, Float512>;

public sealed class PackedInt8With256BitsTests : IntegerElementTests<PackedInt8, sbyte, Float256>;

public sealed class PackedInt8With128BitsTests : IntegerElementTests<PackedInt8, sbyte, Float128>;

public sealed class PackedUInt8With512BitsTests : IntegerElementTests<PackedUInt8, byte, Float512>;

public sealed class PackedUInt8With256BitsTests : IntegerElementTests<PackedUInt8, byte, Float256>;

public sealed class PackedUInt8With128BitsTests : IntegerElementTests<PackedUInt8, byte, Float128>;

public sealed class PackedInt16With512BitsTests : IntegerElementTests<PackedInt16, short, Float512>;

public sealed class PackedInt16With256BitsTests : IntegerElementTests<PackedInt16, short, Float256>;

public sealed class PackedInt16With128BitsTests : IntegerElementTests<PackedInt16, short, Float128>;

/// <summary>Integers narrower than lanes, at every width, beside C#'s type of the same numbers.</summary>
public abstract unsafe class IntegerElementTests<T, N, V>
    where T : unmanaged, IElement<T>
    where N : unmanaged, IBinaryInteger<N>
    where V : unmanaged, IVector<V>
{
    static N Narrow(int number) => N.CreateTruncating(number);

    static V Strided(T* source, nint stride) => typeof(T) == typeof(PackedInt8) ? PackedInt8.LoadStrided<V>((PackedInt8*)source, stride)
        : typeof(T) == typeof(PackedUInt8) ? PackedUInt8.LoadStrided<V>((PackedUInt8*)source, stride)
        : PackedInt16.LoadStrided<V>((PackedInt16*)source, stride);

    static V StridedPartial(T* source, nint stride, int count) => typeof(T) == typeof(PackedInt8) ? PackedInt8.LoadStridedPartial<V>((PackedInt8*)source, stride, count)
        : typeof(T) == typeof(PackedUInt8) ? PackedUInt8.LoadStridedPartial<V>((PackedUInt8*)source, stride, count)
        : PackedInt16.LoadStridedPartial<V>((PackedInt16*)source, stride, count);

    static int[] Integers(V lanes)
    {
        int[] integers = new int[V.Count];
        fixed (int* destination = integers)
            V.Store((float*)destination, lanes);
        return integers;
    }

    [Fact]
    public void Every_pattern_is_loaded_as_its_number_and_stored_again()
    {
        N[] patterns = [.. Enumerable.Range(0, 1 << (8 * sizeof(N))).Select(Narrow)], stored = new N[V.Count];
        fixed (N* source = patterns, destination = stored)
        {
            for (int i = 0; i < patterns.Length; i += V.Count)
            {
                V lanes = T.Load<V>((T*)source + i);
                T.Store((T*)destination, lanes);
                Assert.Equal([.. patterns.Skip(i).Take(V.Count).Select(int.CreateChecked)], Integers(lanes));
                Assert.Equal(patterns[i..(i + V.Count)], stored);
                Assert.Equal(float.CreateChecked(patterns[i]), ((T*)source)[i]);
            }
        }
    }

    [Fact]
    public void Lanes_become_narrow_as_CSharp_converts()
    {
        int[] numbers = [0, -1, 127, 128, -128, -129, 255, 256, 32767, 32768, -32768, -32769, int.MaxValue, int.MinValue, 123456789, -987654321];
        N[] stored = new N[V.Count];
        for (int i = 0; i < numbers.Length; i += V.Count)
        {
            fixed (int* source = numbers)
            fixed (N* destination = stored)
            {
                V narrow = T.Narrow(V.Load((float*)source + i));
                Assert.Equal([.. numbers.Skip(i).Take(V.Count).Select(n => int.CreateChecked(Narrow(n)))], Integers(narrow));
                T.Store((T*)destination, narrow);
                Assert.Equal([.. numbers.Skip(i).Take(V.Count).Select(Narrow)], stored);
            }
        }
    }

    /// <summary>Every count, at the end of memory and at its begin.</summary>
    [Fact]
    public void Partial_access_touches_nothing_beyond()
    {
        using var memory = new GuardedMemory(4096);
        for (int count = -1; count <= V.Count + 1; count++)
        {
            int whole = int.Clamp(count, 0, V.Count);
            foreach (nint address in new[] { (nint)memory.Start, (nint)((N*)memory.End - whole) })
            {
                N* place = (N*)address;
                for (int i = 0; i < whole; i++)
                    place[i] = Narrow(200 + i);
                Assert.Equal([.. Enumerable.Range(0, V.Count).Select(i => i < whole ? int.CreateChecked(Narrow(200 + i)) : 0)],
                    Integers(T.LoadPartial<V>((T*)place, count)));
                T.StorePartial((T*)place, count, V.SplatBits(-3 & (N.IsNegative(Narrow(-3)) ? -1 : 0xFF)));
                for (int i = 0; i < whole; i++)
                    Assert.Equal(Narrow(-3), place[i]);
            }
        }
    }

    [Fact]
    public void Partial_store_leaves_what_comes_behind()
    {
        N[] memory = new N[V.Count];
        for (int count = 0; count <= V.Count; count++)
        {
            Array.Fill(memory, Narrow(90));
            fixed (N* destination = memory)
                T.StorePartial((T*)destination, count, V.SplatBits(7));
            Assert.Equal([.. Enumerable.Repeat(Narrow(7), count), .. Enumerable.Repeat(Narrow(90), V.Count - count)], memory);
        }
    }

    [Fact]
    public void Strided_loads_take_every_element_of_a_stride()
    {
        N[] elements = [.. Enumerable.Range(0, V.Count * 3).Select(i => Narrow(100 + 5 * i))];
        fixed (N* source = elements)
        {
            Assert.Equal([.. Enumerable.Range(0, V.Count).Select(i => int.CreateChecked(elements[3 * i]))], Integers(Strided((T*)source, 3)));
            Assert.Equal([int.CreateChecked(elements[0]), int.CreateChecked(elements[3]), .. new int[V.Count - 2]], Integers(StridedPartial((T*)source, 3, 2)));
        }
    }
}
