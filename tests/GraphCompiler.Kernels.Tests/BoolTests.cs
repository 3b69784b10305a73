using Xunit;

namespace GraphCompiler.Kernels.Tests;

public sealed class BoolWith512BitsTests : BoolTests<Float512>;

public sealed class BoolWith256BitsTests : BoolTests<Float256>;

public sealed class BoolWith128BitsTests : BoolTests<Float128>;

/// <summary>Truth values as bytes in memory and masks in lanes, at every width.</summary>
public abstract unsafe class BoolTests<V>
    where V : unmanaged, IVector<V>
{
    const byte Sentinel = 0x5A;

    static int[] Masks(V lanes)
    {
        int[] masks = new int[V.Count];
        fixed (int* destination = masks)
            V.Store((float*)destination, lanes);
        return masks;
    }

    static int Mask(bool value) => value ? -1 : 0;

    [Fact]
    public void Every_byte_but_0_is_true_and_what_is_stored_is_0_or_1()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)], stored = new byte[V.Count];
        fixed (byte* source = bytes, destination = stored)
        {
            for (int i = 0; i < bytes.Length; i += V.Count)
            {
                V lanes = Bool.Load<V>((Bool*)source + i);
                Assert.Equal([.. bytes.Skip(i).Take(V.Count).Select(b => Mask(b != 0))], Masks(lanes));
                Bool.Store((Bool*)destination, lanes);
                Assert.Equal([.. bytes.Skip(i).Take(V.Count).Select(b => b != 0 ? (byte)1 : (byte)0)], stored);
                Assert.Equal(bytes[i] != 0 ? 1f : 0f, ((Bool*)source)[i]);
            }
        }
    }

    [Fact]
    public void A_lane_that_is_a_mask_converts_to_a_truth_value()
    {
        Bool[] converted = [(Bool)BitConverter.Int32BitsToSingle(-1), (Bool)0f];
        Assert.Equal([1f, 0f], converted.Select(b => (float)b));
    }

    /// <summary>Every count, at the end of memory and at its begin.</summary>
    [Fact]
    public void Partial_access_touches_nothing_beyond()
    {
        using var memory = new GuardedMemory(4096);
        for (int count = -1; count <= V.Count + 1; count++)
        {
            int whole = int.Clamp(count, 0, V.Count);
            foreach (nint address in new[] { (nint)memory.Start, (nint)(memory.End - whole) })
            {
                byte* place = (byte*)address;
                for (int i = 0; i < whole; i++)
                    place[i] = (byte)(i % 3);
                V lanes = Bool.LoadPartial<V>((Bool*)place, count);
                Assert.Equal([.. Enumerable.Range(0, V.Count).Select(i => Mask(i < whole && i % 3 != 0))], Masks(lanes));
                for (int i = 0; i < whole; i++)
                    place[i] = Sentinel;
                Bool.StorePartial((Bool*)place, count, lanes);
                for (int i = 0; i < whole; i++)
                    Assert.Equal(i % 3 != 0 ? 1 : 0, place[i]);
            }
        }
    }

    [Fact]
    public void Partial_store_leaves_what_comes_behind()
    {
        byte[] memory = new byte[V.Count];
        for (int count = 0; count <= V.Count; count++)
        {
            Array.Fill(memory, Sentinel);
            fixed (byte* destination = memory)
                Bool.StorePartial((Bool*)destination, count, V.Equal(V.Zero, V.Zero));
            Assert.Equal([.. Enumerable.Repeat((byte)1, count), .. Enumerable.Repeat(Sentinel, V.Count - count)], memory);
        }
    }

    [Fact]
    public void Strided_loads_take_every_element_of_a_stride()
    {
        byte[] elements = [.. Enumerable.Range(0, V.Count * 3).Select(i => (byte)(i % 2 * i))];
        fixed (byte* source = elements)
        {
            Assert.Equal([.. Enumerable.Range(0, V.Count).Select(i => Mask(elements[3 * i] != 0))], Masks(Bool.LoadStrided<V>((Bool*)source, 3)));
            Assert.Equal([.. Enumerable.Range(0, V.Count).Select(i => Mask(i < 2 && elements[3 * i] != 0))], Masks(Bool.LoadStridedPartial<V>((Bool*)source, 3, 2)));
        }
    }
}
