using System.Runtime.CompilerServices;
using GraphCompiler.Contracts;

namespace GraphCompiler.Kernels;

/// <summary>The products of some rows of activations with a panel of weights. Sums stay in registers; a lane is an output.</summary>
internal static unsafe class QuantizedTile
{
    const int Panel = QuantizationContract.Panel, Parts = QuantizationContract.Group / 8;

    /// <summary>Rows of the large tile, for each of which what was unpacked is used.</summary>
    public const int Rows = 4;

    /// <summary>One row: 16 results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void One<V, TWeights>(ActivationGroups activations, int row, byte* panel, float* results)
        where V : unmanaged, IVector<V>
        where TWeights : struct, IPackedWeights<TWeights>
    {
        int groups = activations.Count;
        // A panel of two vectors, so that both of them share what is read of the activations.
        int step = V.Count == Panel ? Panel : 2 * V.Count;
        for (int lane = 0; lane < Panel; lane += step)
        {
            int* integers = (int*)activations.Integers(row), sums = activations.Sums(row);
            float* scales = activations.Scales(row);
            byte* group = panel;
            V result0 = V.Zero, result1 = V.Zero;
            for (int g = 0; g < groups; g++, group += TWeights.GroupBytes, integers += 2 * Parts)
            {
                V dots0 = V.SplatBits(TWeights.Start(sums[g])), dots1 = dots0;
                for (int part = 0; part < Parts; part++)
                {
                    V even = V.SplatBits(integers[2 * part]), odd = V.SplatBits(integers[(2 * part) + 1]);
                    TWeights.Load(group, part, lane, out V first, out V second);
                    dots0 = V.AddDots(V.AddDots(dots0, first, even), second, odd);
                    if (V.Count < Panel)
                    {
                        TWeights.Load(group, part, lane + V.Count, out first, out second);
                        dots1 = V.AddDots(V.AddDots(dots1, first, even), second, odd);
                    }
                }
                result0 = TWeights.Add(group, lane, result0, dots0, scales[g], sums[g]);
                if (V.Count < Panel)
                    result1 = TWeights.Add(group, lane + V.Count, result1, dots1, scales[g], sums[g]);
            }
            V.Store(results + lane, TWeights.Finish(group, lane, result0));
            if (V.Count < Panel)
                V.Store(results + lane + V.Count, TWeights.Finish(group, lane + V.Count, result1));
        }
    }

    /// <summary>Four rows: 64 results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Four<V, TWeights>(ActivationGroups activations, int row, byte* panel, float* results)
        where V : unmanaged, IVector<V>
        where TWeights : struct, IPackedWeights<TWeights>
    {
        int groups = activations.Count;
        nint stride = (nint)groups * 2 * Parts;
        int step = V.Count == Panel ? Panel : 2 * V.Count;
        for (int lane = 0; lane < Panel; lane += step)
        {
            int* integers = (int*)activations.Integers(row), sums = activations.Sums(row);
            float* scales = activations.Scales(row);
            byte* group = panel;
            V r00 = V.Zero, r01 = V.Zero, r10 = V.Zero, r11 = V.Zero, r20 = V.Zero, r21 = V.Zero, r30 = V.Zero, r31 = V.Zero;
            for (int g = 0; g < groups; g++, group += TWeights.GroupBytes, integers += 2 * Parts, sums++, scales++)
            {
                V d00 = V.SplatBits(TWeights.Start(sums[0])), d01 = d00;
                V d10 = V.SplatBits(TWeights.Start(sums[groups])), d11 = d10;
                V d20 = V.SplatBits(TWeights.Start(sums[2 * groups])), d21 = d20;
                V d30 = V.SplatBits(TWeights.Start(sums[3 * groups])), d31 = d30;
                for (int part = 0; part < Parts; part++)
                {
                    int* at = integers + (2 * part);
                    TWeights.Load(group, part, lane, out V first0, out V second0);
                    V first1 = first0, second1 = second0;
                    if (V.Count < Panel)
                        TWeights.Load(group, part, lane + V.Count, out first1, out second1);
                    AddDots(ref d00, ref d01, first0, first1, at[0]);
                    AddDots(ref d10, ref d11, first0, first1, at[stride]);
                    AddDots(ref d20, ref d21, first0, first1, at[2 * stride]);
                    AddDots(ref d30, ref d31, first0, first1, at[3 * stride]);
                    AddDots(ref d00, ref d01, second0, second1, at[1]);
                    AddDots(ref d10, ref d11, second0, second1, at[stride + 1]);
                    AddDots(ref d20, ref d21, second0, second1, at[(2 * stride) + 1]);
                    AddDots(ref d30, ref d31, second0, second1, at[(3 * stride) + 1]);
                }
                Add<V, TWeights>(group, lane, ref r00, ref r01, d00, d01, scales[0], sums[0]);
                Add<V, TWeights>(group, lane, ref r10, ref r11, d10, d11, scales[groups], sums[groups]);
                Add<V, TWeights>(group, lane, ref r20, ref r21, d20, d21, scales[2 * groups], sums[2 * groups]);
                Add<V, TWeights>(group, lane, ref r30, ref r31, d30, d31, scales[3 * groups], sums[3 * groups]);
            }
            Store<V, TWeights>(group, lane, results, r00, r01);
            Store<V, TWeights>(group, lane, results + Panel, r10, r11);
            Store<V, TWeights>(group, lane, results + (2 * Panel), r20, r21);
            Store<V, TWeights>(group, lane, results + (3 * Panel), r30, r31);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddDots<V>(ref V dots0, ref V dots1, V weights0, V weights1, int activations)
        where V : unmanaged, IVector<V>
    {
        V four = V.SplatBits(activations);
        dots0 = V.AddDots(dots0, weights0, four);
        if (V.Count < Panel)
            dots1 = V.AddDots(dots1, weights1, four);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<V, TWeights>(byte* group, int lane, ref V result0, ref V result1, V dots0, V dots1, float scale, int activations)
        where V : unmanaged, IVector<V>
        where TWeights : struct, IPackedWeights<TWeights>
    {
        result0 = TWeights.Add(group, lane, result0, dots0, scale, activations);
        if (V.Count < Panel)
            result1 = TWeights.Add(group, lane + V.Count, result1, dots1, scale, activations);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<V, TWeights>(byte* panelEnd, int lane, float* results, V result0, V result1)
        where V : unmanaged, IVector<V>
        where TWeights : struct, IPackedWeights<TWeights>
    {
        V.Store(results + lane, TWeights.Finish(panelEnd, lane, result0));
        if (V.Count < Panel)
            V.Store(results + lane + V.Count, TWeights.Finish(panelEnd, lane + V.Count, result1));
    }
}
