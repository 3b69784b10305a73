using GraphCompiler.Contracts;
using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

// A group has four rows and a panel of 16 outputs, and eight of its threads share the depth of an output: a thread has every eighth group of
// inputs. It reads four weights in a word and multiplies them with those of each row, so that packed weights are read as they lie,
// once for four rows. Sums of products of integers are exact. What the groups of inputs give is added in the thread in their order, and what threads
// have summed up in halves: bits of a result depend on its row and its weights alone, not on how many rows there are.

/// <summary>A product of m rows of k integers (<see cref="QuantizedRows"/>) with n rows of packed weights, which are unpacked in registers.</summary>
public static class QuantizedProduct
{
    const int Rows = FewRowsProduct.Rows, Panel = QuantizationContract.Panel, Sharers = FewRowsProduct.Threads / Panel;

    /// <summary>Computes what belongs to this group; four rows and a panel each.</summary>
    /// <typeparam name="TWeights">The format of the weights.</typeparam>
    /// <typeparam name="TEpilogue">What becomes of the sums.</typeparam>
    /// <param name="m">Rows of the result.</param>
    /// <param name="n">Its columns.</param>
    /// <param name="k">How many products a sum has.</param>
    /// <param name="rows">The quantised rows.</param>
    /// <param name="weights">The packed weights.</param>
    /// <param name="epilogue">Takes each sum once.</param>
    public static void Multiply<TWeights, TEpilogue>(int m, int n, int k, ArrayView<float> rows, UInt8View weights, TEpilogue epilogue)
        where TWeights : struct, IPackedWeights
        where TEpilogue : struct, IProductEpilogue
    {
        var shared = SharedMemory.Allocate<Four>(FewRowsProduct.Threads);
        var place = new TileOfProduct(Rows, Panel, m, n, k, slices: 1);
        var packed = weights.Bits.Cast<int>();
        int output = Group.IdxX % Panel, sharer = Group.IdxX / Panel, groups = QuantizedRows.GroupsOf(k);
        int panel = place.FirstColumn / Panel * (groups * default(TWeights).GroupWords + default(TWeights).PanelEndWords);
        var sums = m - place.FirstRow == 1
            ? AddUp<TWeights, OneRow>(new QuantizedRows(rows, m, k), place.FirstRow, m, groups, packed, panel, output, sharer)
            : AddUp<TWeights, FourRows>(new QuantizedRows(rows, m, k), place.FirstRow, m, groups, packed, panel, output, sharer);
        shared[Group.IdxX] = sums;
        Group.Barrier();
        for (int half = Sharers / 2; half > 0; half /= 2)
        {
            // Who writes is read by nobody until the barrier.
            if (sharer < half)
            {
                sums += shared[Group.IdxX + half * Panel];
                shared[Group.IdxX] = sums;
            }
            Group.Barrier();
        }
        int row = place.FirstRow + sharer, column = place.FirstColumn + output;
        if (sharer >= Rows || row >= m || column >= n)
            return;
        float sum = shared.Cast<float>()[output * Four.Count + sharer];
        epilogue.Store(0, row, column, default(TWeights).Finish(packed, panel + groups * default(TWeights).GroupWords, output, sum));
    }

    /// <summary>What a thread's groups of inputs give for each row; rows that there are not are read as the last one.</summary>
    static Four AddUp<TWeights, TRows>(QuantizedRows rows, int firstRow, int m, int groups, ArrayView<int> packed, int panel, int output, int sharer)
        where TWeights : struct, IPackedWeights
        where TRows : struct, IRowsOfGroup
    {
        int row1 = firstRow + 1 < m ? firstRow + 1 : m - 1, row2 = firstRow + 2 < m ? firstRow + 2 : m - 1, row3 = firstRow + 3 < m ? firstRow + 3 : m - 1;
        Four sums = 0f;
        for (int g = sharer; g < groups; g += Sharers)
        {
            int group = panel + g * default(TWeights).GroupWords;
            FourIntegers dots = default;
            for (int four = 0; four < QuantizedRows.WordsOfGroup; four++)
            {
                var bytes = Int8View.Narrow(FourIntegers.OfBytes(default(TWeights).Bytes(packed, group, output, four)));
                dots.X += Dot(bytes, rows.Word(firstRow, g, four));
                if (default(TRows).IsOne)
                    continue;
                dots.Y += Dot(bytes, rows.Word(row1, g, four));
                dots.Z += Dot(bytes, rows.Word(row2, g, four));
                dots.W += Dot(bytes, rows.Word(row3, g, four));
            }
            int scales = default(TWeights).Scales(packed, group, output);
            sums.X += default(TWeights).Product(dots.X, rows.Sum(firstRow, g), scales) * rows.Scale(firstRow, g);
            if (default(TRows).IsOne)
                continue;
            sums.Y += default(TWeights).Product(dots.Y, rows.Sum(row1, g), scales) * rows.Scale(row1, g);
            sums.Z += default(TWeights).Product(dots.Z, rows.Sum(row2, g), scales) * rows.Scale(row2, g);
            sums.W += default(TWeights).Product(dots.W, rows.Sum(row3, g), scales) * rows.Scale(row3, g);
        }
        return sums;
    }

    static int Dot(FourIntegers weights, int activations)
    {
        var other = Int8View.Narrow(FourIntegers.OfBytes(activations));
        return weights.X * other.X + weights.Y * other.Y + weights.Z * other.Z + weights.W * other.W;
    }
}
