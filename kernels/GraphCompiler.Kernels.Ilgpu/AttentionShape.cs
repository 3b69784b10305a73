using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>A tensor [batch, time, heads, head size] where it lies, in whatever format: strides in elements; those of a head are neighbours.</summary>
public struct HeadTensor<TValues>
    where TValues : struct, INumberView
{
    /// <summary>The memory.</summary>
    public TValues Values;

    /// <summary>The place of its first element.</summary>
    public int Offset;

    /// <summary>From one item of the batch to the next.</summary>
    public int BatchStride;

    /// <summary>From one position to the next.</summary>
    public int TimeStride;

    /// <summary>From one head to the next.</summary>
    public int HeadStride;

    /// <summary>Some positions of a head, one after the other.</summary>
    public readonly HeadBlock<TValues> Block(int batch, int head, int firstTime, int count, int headSize) => new()
    {
        Values = Values,
        Start = Offset + batch * BatchStride + firstTime * TimeStride + head * HeadStride,
        TimeStride = TimeStride,
        Count = count,
        Width = headSize,
        IsAligned = ((Offset | BatchStride | TimeStride | HeadStride | headSize) & (Four.Count - 1)) == 0,
    };
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

    /// <summary>Numbers of a query, a key or a value.</summary>
    public int HeadSize;

    /// <summary>What products of query and key are multiplied by.</summary>
    public float Scale;

    /// <summary>Whether keys behind a query's position are left out.</summary>
    public bool IsCausal;

    /// <summary>Keys this far away, and farther, are left out; 0 for no limit.</summary>
    public int Window;

    /// <summary>Whether <see cref="KeyMask"/> counts.</summary>
    public bool HasKeyMask;

    /// <summary>A number for each key of each item, 0 for one that nobody attends to; any view where there is no mask.</summary>
    public BoolView KeyMask;

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

    /// <summary>Whether a query attends to a key.</summary>
    public readonly bool Sees(int batch, int query, int key)
    {
        int distance = KeyCount - QueryLength + query - key;
        return key < KeyCount && (!IsCausal || distance >= 0) && (Window == 0 || (distance < Window && -distance < Window))
            && (!HasKeyMask || KeyMask[KeyMaskOffset + batch * KeyMaskStride + key]);
    }

    /// <summary>Whether each of so many queries attends to each of so many keys.</summary>
    public readonly bool SeesAll(int firstQuery, int queries, int firstKey, int keys)
    {
        int nearest = KeyCount - QueryLength + firstQuery - (firstKey + keys - 1), farthest = KeyCount - QueryLength + firstQuery + queries - 1 - firstKey;
        return !HasKeyMask && firstKey + keys <= KeyCount && firstQuery + queries <= QueryLength
            && (!IsCausal || nearest >= 0) && (Window == 0 || (farthest < Window && -nearest < Window));
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

    /// <summary>The first query that may attend to a key, or to one behind it.</summary>
    public readonly int FirstQuery(int firstKey)
    {
        int position = firstKey - (KeyCount - QueryLength);
        int first = IsCausal ? position : Window == 0 ? 0 : position - Window + 1;
        return first < 0 ? 0 : first;
    }

    /// <summary>Behind the last query that may attend to one of the keys before another.</summary>
    public readonly int EndQuery(int endKey)
    {
        int end = Window == 0 ? QueryLength : endKey - 1 - (KeyCount - QueryLength) + Window;
        return end < QueryLength ? end : QueryLength;
    }

    /// <summary>What dropout makes of a weight: 0, or a little more than 1 times it.</summary>
    public readonly float Kept(int batch, int head, int query, int key)
    {
        if (Dropout == 0f)
            return 1f;
        ulong row = (ulong)((batch * Heads + head) * QueryLength + query);
        return DevicePhilox.Uniform(RandomSeed, RandomStep, RandomStream, row * (ulong)KeyLength + (ulong)key) < Dropout ? 0f : 1f / (1f - Dropout);
    }

    /// <summary>What dropout makes of the weights of four keys so far apart.</summary>
    public readonly Four KeptOfKeys(int batch, int head, int query, int key, int step) => new()
    {
        X = Kept(batch, head, query, key),
        Y = Kept(batch, head, query, key + step),
        Z = Kept(batch, head, query, key + 2 * step),
        W = Kept(batch, head, query, key + 3 * step),
    };

    /// <summary>How many groups have a head, whose positions are so many, where a group has so many threads.</summary>
    public static int GroupsOfHead(int positions, int headSize, int threads)
    {
        int rows = threads / AttentionTiles.Team * TilePart.Rows;
        return (positions + rows - 1) / rows * AttentionTiles.Parts(headSize);
    }
}
