using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>A tensor [batch, time, heads, head size] where it lies: strides in floats; the elements of a head are neighbours.</summary>
public struct HeadTensor
{
    /// <summary>The memory.</summary>
    public ArrayView<float> Values;

    /// <summary>The place of its first element.</summary>
    public int Offset;

    /// <summary>From one item of the batch to the next.</summary>
    public int BatchStride;

    /// <summary>From one position to the next.</summary>
    public int TimeStride;

    /// <summary>From one head to the next.</summary>
    public int HeadStride;

    /// <summary>Where a head's elements begin.</summary>
    public readonly int Place(int batch, int time, int head) => Offset + batch * BatchStride + time * TimeStride + head * HeadStride;
}

/// <summary>Sizes of an attention, and which keys a query attends to.</summary>
public struct AttentionShape
{
    /// <summary>Heads of queries; a multiple of <see cref="KeyHeads"/>.</summary>
    public int Heads;

    /// <summary>Heads of keys and values.</summary>
    public int KeyHeads;

    /// <summary>Queries of a head.</summary>
    public int QueryLength;

    /// <summary>Keys for which there is room.</summary>
    public int KeyLength;

    /// <summary>Keys that exist; others are not read.</summary>
    public int KeyCount;

    /// <summary>Numbers of a query, a key or a value: 1 to 256.</summary>
    public int HeadSize;

    /// <summary>How many queries, and how many keys, are worked on at a time.</summary>
    public int Block;

    /// <summary>What products of query and key are multiplied by.</summary>
    public float Scale;

    /// <summary>Whether keys behind a query's position are left out.</summary>
    public bool IsCausal;

    /// <summary>Keys this far away, and farther, are left out; 0 for no limit.</summary>
    public int Window;

    /// <summary>Whether <see cref="KeyMask"/> counts.</summary>
    public bool HasKeyMask;

    /// <summary>A number for each key of each item, 0 for one that nobody attends to; any view where there is no mask.</summary>
    public ArrayView<float> KeyMask;

    /// <summary>The place of the first item's mask.</summary>
    public int KeyMaskOffset;

    /// <summary>From one item's mask to the next.</summary>
    public int KeyMaskStride;

    /// <summary>The probability with which a weight is dropped.</summary>
    public float Dropout;

    /// <summary>The random state of dropout.</summary>
    public ulong RandomSeed;

    /// <summary>The random state of dropout.</summary>
    public ulong RandomStep;

    /// <summary>The stream of dropout.</summary>
    public uint RandomStream;

    /// <summary>Floats from one row of a tile to the next: odd, so that a column's elements lie in different banks.</summary>
    public readonly int Stride => HeadSize | 1;

    /// <summary>Whether a query attends to a key.</summary>
    public readonly bool Sees(int batch, int query, int key)
    {
        int distance = KeyCount - QueryLength + query - key;
        return key < KeyCount && (!IsCausal || distance >= 0) && (Window == 0 || (distance < Window && -distance < Window))
            && (!HasKeyMask || KeyMask[KeyMaskOffset + batch * KeyMaskStride + key] != 0f);
    }

    /// <summary>The first key that a block of queries may attend to.</summary>
    public readonly int FirstKey(int firstQuery)
    {
        int first = Window == 0 ? 0 : KeyCount - QueryLength + firstQuery - Window + 1;
        return first < 0 ? 0 : first;
    }

    /// <summary>Behind the last key that the queries before another may attend to.</summary>
    public readonly int EndKey(int endQuery)
    {
        int position = KeyCount - QueryLength + endQuery;
        int end = IsCausal ? position : Window == 0 ? KeyCount : position + Window - 1;
        return end < KeyCount ? end : KeyCount;
    }

    /// <summary>What dropout makes of a weight: 0, or a little more than 1 times it.</summary>
    public readonly float Kept(int batch, int head, int query, int key)
    {
        if (Dropout == 0f)
            return 1f;
        ulong row = (ulong)((batch * Heads + head) * QueryLength + query);
        return DevicePhilox.Uniform(RandomSeed, RandomStep, RandomStream, row * (ulong)KeyLength + (ulong)key) < Dropout ? 0f : 1f / (1f - Dropout);
    }
}

/// <summary>What all passes of attention do with tiles in shared memory.</summary>
static class AttentionTiles
{
    /// <summary>Copies the heads of some positions to a tile; every thread of the group takes part.</summary>
    public static void Load(ArrayView<float> shared, int tile, HeadTensor tensor, int batch, int head, int firstTime, int rows, int width, int stride)
    {
        for (int i = Group.IdxX; i < rows * width; i += Group.DimX)
        {
            int row = i / width, column = i % width;
            shared[tile + row * stride + column] = tensor.Values[tensor.Place(batch, firstTime + row, head) + column];
        }
    }

    /// <summary>Copies a tile to the heads of some positions.</summary>
    public static void Store(ArrayView<float> shared, int tile, HeadTensor tensor, int batch, int head, int firstTime, int rows, int width, int stride)
    {
        for (int i = Group.IdxX; i < rows * width; i += Group.DimX)
        {
            int row = i / width, column = i % width;
            tensor.Values[tensor.Place(batch, firstTime + row, head) + column] = shared[tile + row * stride + column];
        }
    }

    /// <summary>Sets a part of shared memory to zero.</summary>
    public static void Clear(ArrayView<float> shared, int tile, int floats)
    {
        for (int i = Group.IdxX; i < floats; i += Group.DimX)
            shared[tile + i] = 0f;
    }

    /// <summary>The product of a row of one tile and a row of another.</summary>
    public static float Dot(ArrayView<float> shared, int left, int right, int width)
    {
        float sum = 0f;
        for (int i = 0; i < width; i++)
            sum += shared[left + i] * shared[right + i];
        return sum;
    }
}
