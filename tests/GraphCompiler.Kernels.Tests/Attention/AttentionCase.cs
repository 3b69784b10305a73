using Xunit;

namespace GraphCompiler.Kernels.Tests;

/// <summary>One attention to check: operands in guarded memory, results among NaN, and what they should be.</summary>
internal sealed unsafe class AttentionCase : IDisposable
{
    const ulong Seed = 7, Step = 3;
    const uint Stream = 2;

    readonly AttentionShape shape;
    readonly float probability;
    readonly byte[]? keyMask;
    readonly GuardedMemory maskMemory, logSumExpMemory;
    readonly byte* mask;
    readonly float* logSumExp;
    readonly List<AttentionData> owned = [], outputs = [];
    readonly AttentionData query, key, value, result, cotangent;
    readonly AttentionData queryGradient, keyGradient, valueGradient;

    public AttentionCase(
        AttentionShape shape, AttentionLayout layout = default, bool isFused = false, float dropout = 0,
        double maskedShare = 0, int seed = 1)
    {
        this.shape = shape;
        probability = dropout;
        var random = new Random(seed);
        (query, key, value) = Operands(layout, isFused);
        int operands = owned.Count;
        (queryGradient, keyGradient, valueGradient) = Operands(layout, isFused);
        result = Own(new AttentionData(shape.Batch, shape.QueryLength, shape.Heads, shape.HeadSize, layout));
        outputs.AddRange(owned.Skip(operands));
        cotangent = Own(new AttentionData(shape.Batch, shape.QueryLength, shape.Heads, shape.HeadSize, layout));
        key.Randomize(random, shape.KeyCount);
        value.Randomize(random, shape.KeyCount);
        query.Randomize(random, shape.QueryLength);
        cotangent.Randomize(random, shape.QueryLength);

        int keys = shape.Batch * shape.KeyLength, queries = shape.Batch * shape.Heads * shape.QueryLength;
        maskMemory = new GuardedMemory(Math.Max(1, keys));
        mask = maskMemory.End - keys;
        logSumExpMemory = new GuardedMemory(Math.Max(1, queries) * sizeof(float));
        logSumExp = logSumExpMemory.LastFloats(queries);
        if (maskedShare > 0)
            keyMask = MaskSome(random, maskedShare);
    }

    public AttentionShape Shape => shape;

    AttentionKeyMask KeyMask => keyMask is null ? default : new AttentionKeyMask((Bool*)mask, shape.KeyLength);

    AttentionDropout Dropout => new(probability, Seed, Step, Stream);

    /// <summary>Runs forward and backward on a team of so many workers and returns all bits.</summary>
    public int[][] Run<V>(int workers, bool queries = true, bool keys = true, bool values = true)
        where V : unmanaged, IVector<V>
    {
        new Span<float>(logSumExp, shape.Batch * shape.Heads * shape.QueryLength).Fill(float.NaN);
        foreach (AttentionData data in outputs)
            data.Clear();
        InScratch(workers, worker => FlashAttention.Forward<V>(
            worker, shape, query.Tensor, key.Tensor, value.Tensor, KeyMask, Dropout, result.Tensor, logSumExp));
        InScratch(workers, worker => FlashAttention.Backward<V>(
            worker, shape, query.Tensor, key.Tensor, value.Tensor, KeyMask, Dropout, result.Tensor, logSumExp,
            cotangent.Tensor, queries ? queryGradient.Tensor : default, keys ? keyGradient.Tensor : default,
            values ? valueGradient.Tensor : default));
        return [result.Bits(), LogSumExpBits(), queryGradient.Bits(), keyGradient.Bits(), valueGradient.Bits()];
    }

    /// <summary>Rounds the operands to a type, runs with what lies in memory of it, and returns all bits.</summary>
    public int[][] RunRounded<V, T>(int workers)
        where V : unmanaged, IVector<V>
        where T : unmanaged, IElement<T>
    {
        foreach (AttentionData data in outputs)
            data.Clear();
        var (q, k, v, d) = (query.Rounded<T>(out var m1), key.Rounded<T>(out var m2), value.Rounded<T>(out var m3), cotangent.Rounded<T>(out var m4));
        using (m1)
        using (m2)
        using (m3)
        using (m4)
        {
            InScratch(workers, worker => FlashAttention.Forward<V, T>(worker, shape, q, k, v, KeyMask, Dropout, result.Tensor, logSumExp));
            InScratch(workers, worker => FlashAttention.Backward<V, T>(
                worker, shape, q, k, v, KeyMask, Dropout, result.Tensor, logSumExp, d, queryGradient.Tensor, keyGradient.Tensor, valueGradient.Tensor));
        }
        return [result.Bits(), LogSumExpBits(), queryGradient.Bits(), keyGradient.Bits(), valueGradient.Bits()];
    }

    /// <summary>The gradients from the last result rounded to a type: as it lies in memory of that, and in single precision.</summary>
    public (int[][] Narrow, int[][] Single) BackwardOfRounded<V, T>(int workers)
        where V : unmanaged, IVector<V>
        where T : unmanaged, IElement<T>
    {
        var rounded = result.Rounded<T>(out var memory);
        using (memory)
        {
            return (Gradients(worker => FlashAttention.Backward<V, Float32, T>(
                    worker, shape, query.Tensor, key.Tensor, value.Tensor, KeyMask, Dropout, rounded, logSumExp, cotangent.Tensor,
                    queryGradient.Tensor, keyGradient.Tensor, valueGradient.Tensor)),
                Gradients(worker => FlashAttention.Backward<V>(
                    worker, shape, query.Tensor, key.Tensor, value.Tensor, KeyMask, Dropout, result.Tensor, logSumExp, cotangent.Tensor,
                    queryGradient.Tensor, keyGradient.Tensor, valueGradient.Tensor)));
        }

        int[][] Gradients(Action<Worker> backward)
        {
            foreach (var gradient in new[] { queryGradient, keyGradient, valueGradient })
                gradient.Clear();
            InScratch(workers, backward);
            return [queryGradient.Bits(), keyGradient.Bits(), valueGradient.Bits()];
        }
    }

    /// <summary>The forward pass alone, without the log-sum-exp if it is not wanted.</summary>
    public int[] Forward<V>(int workers, bool withLogSumExp)
        where V : unmanaged, IVector<V>
    {
        result.Clear();
        float* destination = withLogSumExp ? logSumExp : null;
        InScratch(workers, worker => FlashAttention.Forward<V>(
            worker, shape, query.Tensor, key.Tensor, value.Tensor, KeyMask, Dropout, result.Tensor, destination));
        return result.Bits();
    }

    /// <summary>The log-sum-exp of a forward pass whose result nobody wants.</summary>
    public int[] LogSumExpAlone<V>(int workers)
        where V : unmanaged, IVector<V>
    {
        new Span<float>(logSumExp, shape.Batch * shape.Heads * shape.QueryLength).Fill(float.NaN);
        InScratch(workers, worker => FlashAttention.Forward<V>(
            worker, shape, query.Tensor, key.Tensor, value.Tensor, KeyMask, Dropout, result: default, logSumExp));
        return LogSumExpBits();
    }

    /// <summary>Everything agrees with the reference.</summary>
    public void AssertRight()
    {
        var reference = new AttentionReference(shape, query, key, value, keyMask, DropoutFactor);
        reference.Run(cotangent);
        // Nothing but the elements was written.
        foreach (AttentionData data in outputs)
            Assert.Equal(data.Count, data.NumbersInMemory());
        AssertClose("result", reference.Result, result, 2e-6);
        AssertClose("query gradient", reference.QueryGradient, queryGradient, 1e-5);
        AssertClose("key gradient", reference.KeyGradient, keyGradient, 1e-5);
        AssertClose("value gradient", reference.ValueGradient, valueGradient, 1e-5);
        for (int i = 0; i < reference.LogSumExp.Length; i++)
        {
            double expected = reference.LogSumExp[i];
            bool same = double.IsNegativeInfinity(expected)
                ? float.IsNegativeInfinity(logSumExp[i])
                : Math.Abs(expected - logSumExp[i]) < 3e-6 * (1 + Math.Abs(expected));
            Assert.True(same, $"{this}: log-sum-exp {i} is {logSumExp[i]}, not {expected}");
        }
    }

    public override string ToString() => $"{shape} dropout {probability} masked {keyMask is not null}";

    public void Dispose()
    {
        foreach (AttentionData data in owned)
            data.Dispose();
        maskMemory.Dispose();
        logSumExpMemory.Dispose();
    }

    AttentionData Own(AttentionData data)
    {
        owned.Add(data);
        return data;
    }

    (AttentionData Query, AttentionData Key, AttentionData Value) Operands(AttentionLayout layout, bool isFused)
    {
        if (isFused)
        {
            Assert.Equal(shape.QueryLength, shape.KeyLength);
            int heads = shape.Heads + (2 * shape.KeyHeads);
            AttentionData whole = Own(new AttentionData(shape.Batch, shape.KeyLength, heads, shape.HeadSize, layout));
            return (whole.Heads(0, shape.Heads), whole.Heads(shape.Heads, shape.KeyHeads),
                whole.Heads(shape.Heads + shape.KeyHeads, shape.KeyHeads));
        }
        return (Own(new AttentionData(shape.Batch, shape.QueryLength, shape.Heads, shape.HeadSize, layout)),
            Own(new AttentionData(shape.Batch, shape.KeyLength, shape.KeyHeads, shape.HeadSize, layout)),
            Own(new AttentionData(shape.Batch, shape.KeyLength, shape.KeyHeads, shape.HeadSize, layout)));
    }

    /// <summary>What is masked holds NaN, which must have no influence.</summary>
    byte[] MaskSome(Random random, double share)
    {
        var masked = new byte[shape.Batch * shape.KeyLength];
        byte[] kinds = [1, 0x80, 0xFF];
        for (int b = 0; b < shape.Batch; b++)
        {
            // Padding at the end, as sequences of several lengths have it, and holes.
            int length = random.Next(2) == 0 ? shape.KeyLength : random.Next(shape.KeyLength + 1);
            for (int j = 0; j < shape.KeyLength; j++)
            {
                int i = (b * shape.KeyLength) + j;
                masked[i] = j < length && random.NextDouble() >= share ? kinds[random.Next(kinds.Length)] : (byte)0;
                mask[i] = masked[i];
            }
        }
        foreach (AttentionData data in new[] { key, value })
        {
            foreach ((int b, int t, int h, int c) in data.Places())
            {
                if (masked[(b * shape.KeyLength) + t] == 0)
                    data[b, t, h, c] = float.NaN;
            }
        }
        return masked;
    }

    double DropoutFactor(long index) => probability == 0 ? 1
        : Philox.Uniform(Seed, Step, Stream, (ulong)index) >= probability ? 1 / (1 - (double)probability) : 0;

    int[] LogSumExpBits()
    {
        var bits = new int[shape.Batch * shape.Heads * shape.QueryLength];
        for (int i = 0; i < bits.Length; i++)
            bits[i] = BitConverter.SingleToInt32Bits(logSumExp[i]);
        return bits;
    }

    /// <summary>Runs on a team and sees to it that no more scratch memory was used than was said.</summary>
    void InScratch(int workers, Action<Worker> action)
    {
        const int margin = 4096;
        int said = FlashAttention.ScratchFloats(shape.HeadSize);
        Teams.Run(workers, said + margin, worker =>
        {
            action(worker);
            worker.Barrier();
            var rest = new ReadOnlySpan<int>(worker.Scratch(said + margin) + said, margin);
            Assert.False(rest.ContainsAnyExcept(BitConverter.SingleToInt32Bits(float.NaN)), $"{this}: more scratch");
        });
    }

    void AssertClose(string what, double[] expected, AttentionData actual, double tolerance)
    {
        double scale = 1 + expected.Select(Math.Abs).DefaultIfEmpty(0).Max();
        int i = 0;
        foreach ((int b, int t, int h, int c) in actual.Places())
        {
            double difference = Math.Abs(expected[i] - actual[b, t, h, c]);
            Assert.True(
                difference <= tolerance * scale,
                $"{this}: {what} [{b}, {t}, {h}, {c}] is {actual[b, t, h, c]}, not {expected[i]}");
            i++;
        }
    }
}
