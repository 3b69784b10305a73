using System.Runtime.InteropServices;
using GraphCompiler.Kernels.Ilgpu;
using ILGPU;

namespace GraphCompiler.Ilgpu.Tests.Kernels;

/// <summary>Kernels of one pass of attention on tensor cores each.</summary>
public static class TensorAttentionKernels
{
    public struct Arguments
    {
        public ArrayView<float> Memory;
        public int Heads, KeyHeads, QueryLength, KeyLength, KeyCount, HeadSize, IsCausal, Window, HasKeyMask, KeyMask;
        public float Scale, Dropout;
        public ulong RandomSeed, RandomStep;
        public uint RandomStream;
        public int Query, Key, Value, Cotangent, Line, Result, QueryGradient, KeyGradient, ValueGradient, LogSumExp, Deltas;
    }

    static AttentionShape ShapeOf(Arguments a) => new()
    {
        Heads = a.Heads,
        KeyHeads = a.KeyHeads,
        QueryLength = a.QueryLength,
        KeyLength = a.KeyLength,
        KeyCount = a.KeyCount,
        HeadSize = a.HeadSize,
        Scale = a.Scale,
        IsCausal = a.IsCausal != 0,
        Window = a.Window,
        HasKeyMask = a.HasKeyMask != 0,
        KeyMask = new BoolView { Bits = a.Memory.Cast<byte>() },
        KeyMaskOffset = a.KeyMask,
        KeyMaskStride = a.KeyLength,
        Dropout = a.Dropout,
        RandomSeed = a.RandomSeed,
        RandomStep = a.RandomStep,
        RandomStream = a.RandomStream,
    };

    static HeadTensor<TView> Tensor<TView>(TView values, int at, int line, int length, int heads)
        where TView : struct, INumberView
        => new() { Values = values, Offset = at, BatchStride = line * heads * length, TimeStride = line * heads, HeadStride = line };

    static HeadTensor<Float32View> Floats(Arguments a, int at, int length, int heads) =>
        Tensor(new Float32View { Values = a.Memory }, at, a.HeadSize, length, heads);

    static ArrayView<float> PerQuery(Arguments a, int at) => a.Memory.SubView(at, TensorAttentionTests.Batch * a.Heads * a.QueryLength);

    static void Forward<TFormat, TView>(Arguments a, TView numbers)
        where TFormat : struct, ITensorFormat
        where TView : struct, INumberView
        => default(TensorAttention<TFormat>).Forward(
            ShapeOf(a), Tensor(numbers, a.Query, a.Line, a.QueryLength, a.Heads), Tensor(numbers, a.Key, a.Line, a.KeyLength, a.KeyHeads),
            Tensor(numbers, a.Value, a.Line, a.KeyLength, a.KeyHeads), Floats(a, a.Result, a.QueryLength, a.Heads), true, PerQuery(a, a.LogSumExp), true);

    static void KeysAndValues<TFormat, TView>(Arguments a, TView numbers)
        where TFormat : struct, ITensorFormat
        where TView : struct, INumberView
        => default(TensorAttention<TFormat>).KeysAndValues(
            ShapeOf(a), Tensor(numbers, a.Query, a.Line, a.QueryLength, a.Heads), Tensor(numbers, a.Key, a.Line, a.KeyLength, a.KeyHeads),
            Tensor(numbers, a.Value, a.Line, a.KeyLength, a.KeyHeads), Tensor(numbers, a.Cotangent, a.Line, a.QueryLength, a.Heads),
            a.Memory, a.LogSumExp, PerQuery(a, a.Deltas), Floats(a, a.KeyGradient, a.KeyLength, a.KeyHeads), true,
            Floats(a, a.ValueGradient, a.KeyLength, a.KeyHeads), true);

    static void Queries<TFormat, TView>(Arguments a, TView numbers)
        where TFormat : struct, ITensorFormat
        where TView : struct, INumberView
        => default(TensorAttention<TFormat>).Queries(
            ShapeOf(a), Tensor(numbers, a.Query, a.Line, a.QueryLength, a.Heads), Tensor(numbers, a.Key, a.Line, a.KeyLength, a.KeyHeads),
            Tensor(numbers, a.Value, a.Line, a.KeyLength, a.KeyHeads), Tensor(numbers, a.Cotangent, a.Line, a.QueryLength, a.Heads),
            a.Memory, a.LogSumExp, PerQuery(a, a.Deltas), Floats(a, a.QueryGradient, a.QueryLength, a.Heads));

    static BFloat16View BFloat16(Arguments a) => new() { Bits = a.Memory.Cast<ushort>() };

    static Float16View Float16(Arguments a) => new() { Bits = a.Memory.Cast<ushort>() };

    static Float32View Float32(Arguments a) => new() { Values = a.Memory };

    public static void ForwardOfBFloat16(Arguments a) => Forward<BFloat16Format, BFloat16View>(a, BFloat16(a));

    public static void KeysOfBFloat16(Arguments a) => KeysAndValues<BFloat16Format, BFloat16View>(a, BFloat16(a));

    public static void QueriesOfBFloat16(Arguments a) => Queries<BFloat16Format, BFloat16View>(a, BFloat16(a));

    public static void ForwardOfFloat16(Arguments a) => Forward<Float16Format, Float16View>(a, Float16(a));

    public static void KeysOfFloat16(Arguments a) => KeysAndValues<Float16Format, Float16View>(a, Float16(a));

    public static void QueriesOfFloat16(Arguments a) => Queries<Float16Format, Float16View>(a, Float16(a));

    public static void ForwardOfFloat32(Arguments a) => Forward<TensorFloat32Format, Float32View>(a, Float32(a));

    public static void KeysOfFloat32(Arguments a) => KeysAndValues<TensorFloat32Format, Float32View>(a, Float32(a));

    public static void QueriesOfFloat32(Arguments a) => Queries<TensorFloat32Format, Float32View>(a, Float32(a));
}

/// <summary>
/// Attention on tensor cores against sums in double precision of the same rounded
/// operands. Weights, and the gradients of scores, are rounded to the format before they multiply: so each sum may err by the
/// format's unit times the sum of its terms' magnitudes.
/// </summary>
public class TensorAttentionTests
{
    internal const int Batch = 2;

    const ulong Seed = 7, Step = 3;
    const uint Stream = 2;

    public static TheoryData<string> Formats => ["BFloat16", "Float16", "Float32"];

    sealed record Kernels(
        Action<TensorAttentionKernels.Arguments> Forward, Action<TensorAttentionKernels.Arguments> Keys, Action<TensorAttentionKernels.Arguments> Queries,
        int Bytes, double Unit, Func<float, float> Round, Func<float, ushort> Bits);

    static Kernels Of(string format) => format switch
    {
        "BFloat16" => new(TensorAttentionKernels.ForwardOfBFloat16, TensorAttentionKernels.KeysOfBFloat16, TensorAttentionKernels.QueriesOfBFloat16,
            2, 1d / 256, DeviceFormats.RoundToBFloat16, DeviceFormats.ToBFloat16),
        "Float16" => new(TensorAttentionKernels.ForwardOfFloat16, TensorAttentionKernels.KeysOfFloat16, TensorAttentionKernels.QueriesOfFloat16,
            2, 1d / 2048, DeviceFormats.RoundToFloat16, DeviceFormats.ToFloat16),
        _ => new(TensorAttentionKernels.ForwardOfFloat32, TensorAttentionKernels.KeysOfFloat32, TensorAttentionKernels.QueriesOfFloat32,
            4, 1d / 2048, x => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(x) + 0x1000 & ~0x1FFF), _ => 0),
    };

    /// <summary>An attention with random operands, what it should give, and how far it may be off.</summary>
    sealed class Case
    {
        public AttentionShape Shape;
        public bool[,] Attended = new bool[0, 0];
        public readonly Dictionary<string, float[]> Operands = [];
        public readonly Dictionary<string, double[]> Expected = [], Magnitudes = [];

        public Case(AttentionShape shape, Kernels kernels, int seed)
        {
            Shape = shape;
            var random = new Random(seed);
            float[] Values(int length, int heads) => [.. Enumerable.Range(0, Batch * length * heads * shape.HeadSize).Select(_ => kernels.Round(random.NextSingle() * 2 - 1))];
            Operands["query"] = Values(shape.QueryLength, shape.Heads);
            Operands["key"] = Values(shape.KeyLength, shape.KeyHeads);
            Operands["value"] = Values(shape.KeyLength, shape.KeyHeads);
            Operands["cotangent"] = Values(shape.QueryLength, shape.Heads);
            Attended = new bool[Batch, shape.KeyLength];
            for (int i = 0; i < Batch * shape.KeyLength; i++)
                Attended[i / shape.KeyLength, i % shape.KeyLength] = !shape.HasKeyMask || random.Next(4) > 0;
            foreach (string name in new[] { "result", "query gradient" })
                (Expected[name], Magnitudes[name]) = (new double[Operands["query"].Length], new double[Operands["query"].Length]);
            foreach (string name in new[] { "key gradient", "value gradient" })
                (Expected[name], Magnitudes[name]) = (new double[Operands["key"].Length], new double[Operands["key"].Length]);
            foreach (string name in new[] { "log-sum-exp", "deltas" })
                Expected[name] = new double[Batch * shape.Heads * shape.QueryLength];
            for (int row = 0; row < Batch * shape.Heads * shape.QueryLength; row++)
                AddRow(row);
        }

        int Place(int batch, int time, int head, int length, int heads) => ((batch * length + time) * heads + head) * Shape.HeadSize;

        bool Sees(int batch, int query, int key)
        {
            int distance = Shape.KeyCount - Shape.QueryLength + query - key;
            return key < Shape.KeyCount && (!Shape.IsCausal || distance >= 0) && (Shape.Window == 0 || Math.Abs(distance) < Shape.Window) && Attended[batch, key];
        }

        void AddRow(int row)
        {
            int query = row % Shape.QueryLength, head = row / Shape.QueryLength % Shape.Heads, batch = row / Shape.QueryLength / Shape.Heads, size = Shape.HeadSize;
            int at = Place(batch, query, head, Shape.QueryLength, Shape.Heads);
            int KeyAt(int key) => Place(batch, key, head / (Shape.Heads / Shape.KeyHeads), Shape.KeyLength, Shape.KeyHeads);
            double Dot(string left, int leftAt, string right, int rightAt) => Enumerable.Range(0, size).Sum(i => (double)Operands[left][leftAt + i] * Operands[right][rightAt + i]);
            int[] keys = [.. Enumerable.Range(0, Shape.KeyLength).Where(key => Sees(batch, query, key))];
            double[] scores = [.. keys.Select(key => Shape.Scale * Dot("query", at, "key", KeyAt(key)))];
            double largest = scores.Length == 0 ? 0 : scores.Max(), total = scores.Sum(s => Math.Exp(s - largest));
            Expected["log-sum-exp"][row] = scores.Length == 0 ? double.NegativeInfinity : largest + Math.Log(total);
            double[] weights = [.. scores.Select(s => Math.Exp(s - largest) / total)], kept = [.. keys.Select(key => (double)Shape.Kept(batch, head, query, key))];
            for (int k = 0; k < keys.Length; k++)
                AddTerms("result", at, "value", KeyAt(keys[k]), weights[k] * kept[k]);
            double delta = Enumerable.Range(0, size).Sum(i => Expected["result"][at + i] * Operands["cotangent"][at + i]);
            Expected["deltas"][row] = delta;
            for (int k = 0; k < keys.Length; k++)
            {
                double gradient = Shape.Scale * weights[k] * (kept[k] * Dot("cotangent", at, "value", KeyAt(keys[k])) - delta);
                AddTerms("query gradient", at, "key", KeyAt(keys[k]), gradient);
                AddTerms("key gradient", KeyAt(keys[k]), "query", at, gradient);
                AddTerms("value gradient", KeyAt(keys[k]), "cotangent", at, weights[k] * kept[k]);
            }
        }

        void AddTerms(string sums, int at, string numbers, int numbersAt, double factor)
        {
            for (int i = 0; i < Shape.HeadSize; i++)
            {
                Expected[sums][at + i] += factor * Operands[numbers][numbersAt + i];
                Magnitudes[sums][at + i] += Math.Abs(factor * Operands[numbers][numbersAt + i]);
            }
        }
    }

    /// <summary>Runs the three passes and compares; heads lie in lines that are longer than they, and what is beyond them must not matter.</summary>
    static void Check(string format, AttentionShape shape, int padding = 8, int threads = 128)
    {
        var kernels = Of(format);
        var expected = new Case(shape, kernels, shape.QueryLength * 31 + shape.HeadSize);
        int line = shape.HeadSize + padding, perFloat = 4 / kernels.Bytes, end = 0;
        int Room(int floats) => (end += (floats + 31) / 32 * 32) - (floats + 31) / 32 * 32;
        var places = expected.Operands.ToDictionary(o => o.Key, o => Room(o.Value.Length / shape.HeadSize * line / perFloat));
        foreach (var (name, values) in expected.Expected)
            places[name] = Room(values.Length);
        int mask = Room(Batch * shape.KeyLength);
        float[] memory = new float[end];
        Array.Fill(memory, float.NaN);
        foreach (var (name, values) in expected.Operands)
        {
            var target = memory.AsSpan(places[name], values.Length / shape.HeadSize * line / perFloat);
            for (int i = 0; i < values.Length; i++)
            {
                int place = i / shape.HeadSize * line + i % shape.HeadSize;
                if (kernels.Bytes == 2)
                    MemoryMarshal.Cast<float, ushort>(target)[place] = kernels.Bits(values[i]);
                else
                    target[place] = values[i];
            }
        }
        for (int i = 0; i < Batch * shape.KeyLength; i++)
            MemoryMarshal.AsBytes(memory.AsSpan(mask))[i] = expected.Attended[i / shape.KeyLength, i % shape.KeyLength] ? (byte)1 : (byte)0;
        TensorAttentionKernels.Arguments Arguments(ArrayView<float> buffer) => new()
        {
            Memory = buffer,
            Heads = shape.Heads,
            KeyHeads = shape.KeyHeads,
            QueryLength = shape.QueryLength,
            KeyLength = shape.KeyLength,
            KeyCount = shape.KeyCount,
            HeadSize = shape.HeadSize,
            IsCausal = shape.IsCausal ? 1 : 0,
            Window = shape.Window,
            HasKeyMask = shape.HasKeyMask ? 1 : 0,
            KeyMask = mask * sizeof(float),
            Scale = shape.Scale,
            Dropout = shape.Dropout,
            RandomSeed = shape.RandomSeed,
            RandomStep = shape.RandomStep,
            RandomStream = shape.RandomStream,
            Query = places["query"] * perFloat,
            Key = places["key"] * perFloat,
            Value = places["value"] * perFloat,
            Cotangent = places["cotangent"] * perFloat,
            Line = line,
            Result = places["result"],
            QueryGradient = places["query gradient"],
            KeyGradient = places["key gradient"],
            ValueGradient = places["value gradient"],
            LogSumExp = places["log-sum-exp"],
            Deltas = places["deltas"],
        };
        int Groups(int heads, int positions, int ofThreads, int parts = 1) => Batch * heads * parts * TensorAttentionGroups.Blocks(positions, ofThreads);
        void Run(Action<TensorAttentionKernels.Arguments> kernel, int groups, int ofThreads, params string[] results)
        {
            float[] computed = KernelRun.Run(kernel, Arguments, groups, ofThreads, memory, checksUnwritten: false);
            foreach (string result in results)
                Compare(result, computed.AsSpan(places[result]), expected, kernels.Unit);
            if (groups < 4)
                Assert.Equal(computed, KernelRun.RunBackwards(kernel, Arguments, groups, ofThreads, memory, checksUnwritten: false));
        }
        Run(kernels.Forward, Groups(shape.Heads, shape.QueryLength, threads), threads, "result", "log-sum-exp");
        foreach (string name in new[] { "log-sum-exp", "deltas" })
        {
            for (int i = 0; i < expected.Expected[name].Length; i++)
                memory[places[name] + i] = (float)expected.Expected[name][i];
        }
        int parts = TensorAttentionGroups.PartsOfKeys(shape.HeadSize, kernels.Bytes);
        Run(kernels.Keys, Groups(shape.KeyHeads, shape.KeyLength, TensorAttentionGroups.Threads, parts), TensorAttentionGroups.Threads, "key gradient", "value gradient");
        Run(kernels.Queries, Groups(shape.Heads, shape.QueryLength, TensorAttentionGroups.Threads), TensorAttentionGroups.Threads, "query gradient");
    }

    static void Compare(string name, ReadOnlySpan<float> computed, Case expected, double unit)
    {
        double[] values = expected.Expected[name];
        for (int i = 0; i < values.Length; i++)
        {
            double allowed = 2e-5 + (expected.Magnitudes.TryGetValue(name, out double[]? magnitudes) ? unit * magnitudes[i] : 0);
            Assert.True(values[i] == computed[i] || Math.Abs(values[i] - computed[i]) <= allowed, $"{name} {i}: {computed[i]} instead of {values[i]} +- {allowed}");
        }
    }

    static AttentionShape Shape(int queries, int keys, int headSize, int heads = 1, int keyHeads = 1) => new()
    {
        Heads = heads,
        KeyHeads = keyHeads,
        QueryLength = queries,
        KeyLength = keys,
        KeyCount = keys,
        HeadSize = headSize,
        Scale = 1f / MathF.Sqrt(headSize),
        RandomSeed = Seed,
        RandomStep = Step,
        RandomStream = Stream,
    };

    [DeviceTheory(DeviceNeeds.TensorCores)]
    [MemberData(nameof(Formats))]
    public void Every_block_of_a_causal_attention_agrees(string format) => Check(format, Shape(130, 130, 32) with { IsCausal = true });

    [DeviceTheory(DeviceNeeds.TensorCores)]
    [MemberData(nameof(Formats))]
    public void Heads_of_every_size_agree(string format)
    {
        // One, two, three and four quarters of the sums; two stages and one; fragments that are half empty.
        foreach (int size in new[] { 8, 56, 64, 88, 128 })
        {
            if (size * Of(format).Bytes <= 256)
                Check(format, Shape(4, 66, size), padding: size == 64 ? 0 : 8);
        }
    }

    [DeviceTheory(DeviceNeeds.TensorCores)]
    [MemberData(nameof(Formats))]
    public void Masks_windows_and_missing_keys_agree(string format)
    {
        Check(format, Shape(20, 90, 16) with { KeyCount = 77, IsCausal = true, HasKeyMask = true });
        Check(format, Shape(70, 66, 8) with { Window = 9 });
        Check(format, Shape(20, 80, 8) with { Window = 20, IsCausal = true, KeyCount = 71 });
        Check(format, Shape(3, 5, 8) with { KeyCount = 0 });
        Check(format, Shape(5, 3, 8) with { IsCausal = true });
    }

    [DeviceTheory(DeviceNeeds.TensorCores)]
    [MemberData(nameof(Formats))]
    public void Heads_share_keys(string format) => Check(format, Shape(18, 66, 16, heads: 4, keyHeads: 2) with { IsCausal = true });

    [DeviceTheory(DeviceNeeds.TensorCores)]
    [MemberData(nameof(Formats))]
    public void Dropout_drops_the_same_weights(string format) => Check(format, Shape(30, 66, 16, heads: 2) with { Dropout = 0.3f });

    [DeviceTheory(DeviceNeeds.TensorCores)]
    [MemberData(nameof(Formats))]
    public void Large_groups_and_negative_scales_agree(string format)
        => Check(format, Shape(130, 66, 8) with { Scale = -0.7f, IsCausal = true }, threads: TensorAttentionGroups.MostThreads);
}
