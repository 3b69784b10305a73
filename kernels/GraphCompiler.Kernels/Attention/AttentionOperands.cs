using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>
/// Where queries, keys, values, a result or a gradient lie: [batch, time, head, head size], the head size contiguous
/// and the other axes by strides, so that a part of a fused projection is used where it is. The default says that
/// there is none.
/// </summary>
/// <typeparam name="T">How an element lies in memory.</typeparam>
/// <param name="elements">The first element.</param>
/// <param name="batchStride">Elements from one sequence to the next.</param>
/// <param name="timeStride">Elements from one position to the next.</param>
/// <param name="headStride">Elements from one head to the next.</param>
public readonly unsafe struct AttentionTensor<T>(T* elements, nint batchStride, nint timeStride, nint headStride)
    where T : unmanaged, IElement<T>
{
    internal readonly T* Elements = elements;
    internal readonly nint TimeStride = timeStride;
    internal readonly nint HeadStride = headStride;
    readonly nint batchStride = batchStride;

    /// <summary>Elements of a cache line.</summary>
    internal static int ElementsOfLine => AttentionBlocks.FloatsOfLine * sizeof(float) / sizeof(T);

    /// <summary>The first element of a head's row at position 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal T* Head(int batch, int head) => Elements + (batch * batchStride) + (head * HeadStride);

    /// <summary>
    /// Asks for the rows of the head after the one given: of one head's rows, far apart as they may lie, the processor
    /// does not guess that they come next.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void FetchNextHead(T* head, int firstRow, int rows, int size)
    {
        T* row = head + HeadStride + (firstRow * TimeStride);
        for (int r = 0; r < rows; r++, row += TimeStride)
        {
            for (int column = 0; column < size; column += ElementsOfLine)
                Prefetch.Middle(row + column);
        }
    }
}

/// <summary>A tensor in single precision.</summary>
/// <inheritdoc cref="AttentionTensor{T}"/>
public readonly unsafe struct AttentionTensor(float* elements, nint batchStride, nint timeStride, nint headStride)
{
    readonly AttentionTensor<Float32> tensor = new((Float32*)elements, batchStride, timeStride, headStride);

    internal bool Exists => tensor.Elements != null;

    internal nint TimeStride => tensor.TimeStride;

    /// <summary>The first element of a head's row at position 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal float* Head(int batch, int head) => (float*)tensor.Head(batch, head);

    /// <inheritdoc cref="AttentionTensor{T}.FetchNextHead"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void FetchNextHead(float* head, int firstRow, int rows, int size) => tensor.FetchNextHead((Float32*)head, firstRow, rows, size);

    /// <summary>The same tensor, as one whose type of elements is a parameter.</summary>
    public static implicit operator AttentionTensor<Float32>(AttentionTensor single) => single.tensor;
}

/// <summary>
/// Which keys may be attended to: [batch, key length], contiguous along the keys; a key counts where its byte is
/// not 0. The default says that all do.
/// </summary>
/// <param name="elements">The first element.</param>
/// <param name="batchStride">Elements from one sequence to the next; 0 if all share one mask.</param>
public readonly unsafe struct AttentionKeyMask(Bool* elements, nint batchStride)
{
    readonly byte* elements = (byte*)elements;
    readonly nint batchStride = batchStride;

    /// <summary>The mask of a sequence, or null.</summary>
    internal byte* Row(int batch) => elements == null ? null : elements + (batch * batchStride);

    /// <summary>Whether none of the keys counts in the mask of a sequence.</summary>
    internal static bool SkipsAll(byte* row, int start, int end)
    {
        if (row == null)
            return false;
        return !new ReadOnlySpan<byte>(row + start, end - start).ContainsAnyExcept((byte)0);
    }
}

/// <summary>
/// Which weights a training step drops: those whose uniform number is below the probability; the others are divided by
/// 1 - probability. Weight (b, h, i, j) has the number ((b * heads + h) * queries + i) * keys + j in the stream. The
/// default drops none.
/// </summary>
/// <param name="probability">The share that is dropped, in [0, 1).</param>
/// <param name="seed">Chooses the sequence, as in <see cref="Philox"/>.</param>
/// <param name="step">The training step.</param>
/// <param name="stream">The number of this dropout.</param>
public readonly struct AttentionDropout(float probability, ulong seed, ulong step, uint stream)
{
    readonly float probability = probability;
    readonly ulong seed = seed, step = step;
    readonly uint stream = stream;

    internal bool Drops => probability > 0;

    /// <summary>The factors of weights whose numbers lie a stride apart.</summary>
    internal V Factors<V>(long firstIndex, int stride)
        where V : unmanaged, IVector<V>
    {
        V uniform = stride == 1
            ? Philox.Uniform<V>(seed, step, stream, (ulong)firstIndex)
            : Philox.UniformStrided<V>(seed, step, stream, (ulong)firstIndex, stride);
        V kept = V.GreaterThanOrEqual(uniform, V.Splat(probability));
        return V.And(kept, V.Splat(1 / (1 - probability)));
    }
}

/// <summary>All that a backward pass reads and writes.</summary>
/// <typeparam name="T">How the elements lie in memory that it multiplies.</typeparam>
/// <typeparam name="TResult">How the result of the forward pass lies in memory.</typeparam>
internal readonly unsafe struct AttentionGradientOperands<T, TResult>
    where T : unmanaged, IElement<T>
    where TResult : unmanaged, IElement<TResult>
{
    public required AttentionTensor<T> Query { get; init; }
    public required AttentionTensor<T> Key { get; init; }
    public required AttentionTensor<T> Value { get; init; }
    public required AttentionKeyMask KeyMask { get; init; }
    public required AttentionDropout Dropout { get; init; }
    public required AttentionTensor<TResult> Result { get; init; }
    public required float* LogSumExp { get; init; }
    public required AttentionTensor<T> Cotangent { get; init; }
    public required AttentionTensor QueryGradient { get; init; }
    public required AttentionTensor KeyGradient { get; init; }
    public required AttentionTensor ValueGradient { get; init; }
}
