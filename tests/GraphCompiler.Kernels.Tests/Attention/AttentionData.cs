using System.Runtime.InteropServices;

namespace GraphCompiler.Kernels.Tests;

/// <summary>How a tensor of queries, keys or values lies in memory.</summary>
internal enum AttentionLayout
{
    /// <summary>[batch, time, head, size], nothing between.</summary>
    TimeBeforeHeads,

    /// <summary>[batch, head, time, size], nothing between.</summary>
    HeadsBeforeTime,

    /// <summary>[batch, time, head, size] with room after every row, head and sequence.</summary>
    Spread,
}

/// <summary>
/// A tensor [batch, time, heads, size] whose last element is the last float before a page that may not be touched, and
/// whose gaps hold NaN, which no kernel may change.
/// </summary>
internal sealed unsafe class AttentionData : IDisposable
{
    readonly GuardedMemory memory;
    readonly int batch, time, heads, size, floats;
    readonly nint batchStride, timeStride, headStride;
    readonly float* start;

    public AttentionData(int batch, int time, int heads, int size, AttentionLayout layout)
    {
        (this.batch, this.time, this.heads, this.size) = (batch, time, heads, size);
        int gap = layout == AttentionLayout.Spread ? 3 : 0;
        headStride = layout == AttentionLayout.HeadsBeforeTime ? (nint)time * size : size + gap;
        timeStride = layout == AttentionLayout.HeadsBeforeTime ? size : (heads * headStride) + gap;
        batchStride = ((nint)time * heads * (size + gap)) + ((time + 1) * gap);
        nint last = ((batch - 1) * batchStride) + ((time - 1) * timeStride) + ((heads - 1) * headStride);
        floats = Count == 0 ? 0 : (int)last + size;
        memory = new GuardedMemory(Math.Max(1, floats) * sizeof(float));
        start = memory.LastFloats(floats);
        Clear();
    }

    /// <summary>Part of another tensor's heads.</summary>
    AttentionData(AttentionData whole, int firstHead, int heads)
    {
        (batch, time, this.heads, size) = (whole.batch, whole.time, heads, whole.size);
        (batchStride, timeStride, headStride) = (whole.batchStride, whole.timeStride, whole.headStride);
        memory = whole.memory;
        start = whole.start + (firstHead * whole.headStride);
    }

    public int Count => batch * time * heads * size;

    public AttentionTensor Tensor => new(start, batchStride, timeStride, headStride);

    public ref float this[int b, int t, int h, int c]
        => ref start[(b * batchStride) + (t * timeStride) + (h * headStride) + c];

    public ReadOnlySpan<float> Row(int b, int t, int h) => new(
        start + (b * batchStride) + (t * timeStride) + (h * headStride), size);

    public AttentionData Heads(int first, int count) => new(this, first, count);

    public void Clear() => new Span<float>(start, floats).Fill(float.NaN);

    /// <summary>Random numbers in [-1, 1); from position <paramref name="end"/> on NaN.</summary>
    public void Randomize(Random random, int end)
    {
        foreach ((int b, int t, int h, int c) in Places())
            this[b, t, h, c] = t < end ? (random.NextSingle() * 2) - 1 : float.NaN;
    }

    public IEnumerable<(int Batch, int Time, int Head, int Column)> Places()
    {
        for (int b = 0; b < batch; b++)
        {
            for (int t = 0; t < time; t++)
            {
                for (int h = 0; h < heads; h++)
                {
                    for (int c = 0; c < size; c++)
                        yield return (b, t, h, c);
                }
            }
        }
    }

    /// <summary>The bits of all elements, in the order of their places.</summary>
    public int[] Bits()
    {
        var bits = new int[Count];
        for (int row = 0; row < batch * time * heads; row++)
        {
            int h = row % heads, t = row / heads % time, b = row / heads / time;
            MemoryMarshal.Cast<float, int>(Row(b, t, h)).CopyTo(bits.AsSpan(row * size));
        }
        return bits;
    }

    /// <summary>How many floats of the memory hold a number.</summary>
    public int NumbersInMemory()
    {
        int numbers = 0;
        for (int i = 0; i < floats; i++)
            numbers += float.IsNaN(start[i]) ? 0 : 1;
        return numbers;
    }

    /// <summary>Rounds all numbers to a type, and gives them as they lie in it, at the end of other memory.</summary>
    public AttentionTensor<T> Rounded<T>(out GuardedMemory rounded)
        where T : unmanaged, IElement<T>
    {
        rounded = new GuardedMemory(Math.Max(1, floats) * sizeof(T));
        T* elements = (T*)rounded.End - floats;
        for (int i = 0; i < floats; i++)
        {
            elements[i] = (T)start[i];
            start[i] = elements[i];
        }
        return new(elements, batchStride, timeStride, headStride);
    }

    public void Dispose() => memory.Dispose();
}
