using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// What the launches of a linear map with cross-entropy do beside their products. For each block of rows, in order:
/// <list type="number">
/// <item>the logits of the block, by a product;</item>
/// <item>a group a row: its loss, and in place of the logits their gradient (softmax(z) - one-hot(label)) * d;</item>
/// <item>from that the gradient of the block's rows of x, by a product whose sums over classes are cut into slices where
/// the rows alone would leave much of the device idle, and added in order of the slices;</item>
/// <item>the block's part of the gradients of the weight, by a product, and of the bias: the first block stores it, the
/// others add.</item>
/// </list>
/// The number of rows may be known at the launch only: blocks that then have no rows do nothing.
/// </summary>
public static class LinearCrossEntropy
{
    /// <summary>Every row of logits begins at a multiple of so many floats.</summary>
    const int Alignment = 32;

    /// <summary>How many rows a block has.</summary>
    public static int RowsOfBlock(int rows, int first, int most)
    {
        int left = rows - first;
        return left < 0 ? 0 : left < most ? left : most;
    }

    /// <summary>Floats from a row of logits to the next.</summary>
    public static int Stride(int classes) => (classes + Alignment - 1) / Alignment * Alignment;

    /// <summary>How many groups a product of tiles needs.</summary>
    public static int Tiles(int rows, int columns, int tile) => (rows + tile - 1) / tile * ((columns + tile - 1) / tile);

    /// <summary>
    /// The loss of a row, log(sum(exp(z - max))) + (max - z[label]), for every thread of its group; a label out of range lacks
    /// its logit. One pass, four logits at a time: each thread keeps its largest number and the sum of exponentials relative to it.
    /// </summary>
    public static RowLoss Loss<TReduction>(TReduction reduction, ArrayView<float> shared, ArrayView<float> logits, int start, int classes, int label)
        where TReduction : struct, IGroupReduction
    {
        float largest = float.MinValue, sum = 0f;
        for (int c = Four.Count * Group.IdxX; c + Four.Count <= classes; c += Four.Count * Group.DimX)
        {
            Four z = Four.Load(logits, start + c);
            float above = z.Max();
            if (above > largest)
            {
                sum *= DeviceMath.Exp(largest - above);
                largest = above;
            }
            sum += DeviceMath.Exp(z - largest).Sum();
        }
        for (int c = FirstOfRest(classes); c < classes; c += Group.DimX)
        {
            float z = logits[start + c];
            if (z > largest)
            {
                sum *= DeviceMath.Exp(largest - z);
                largest = z;
            }
            sum += DeviceMath.Exp(z - largest);
        }
        float ofLabel = 0f;
        if (label >= 0 && label < classes)
            ofLabel = logits[start + label];
        float ofGroup = reduction.Max(largest, shared);
        float total = reduction.Sum(sum * DeviceMath.Exp(largest - ofGroup), shared);
        return new RowLoss { Largest = ofGroup, Sum = total, Value = DeviceMath.Log(total) + (ofGroup - ofLabel) };
    }

    /// <summary>Turns a row's logits into their gradients; a barrier must lie between the row's loss and this.</summary>
    public static void ToGradients(RowLoss loss, ArrayView<float> logits, int start, int classes, int label, float lossGradient)
    {
        float factor = lossGradient / loss.Sum;
        for (int c = Four.Count * Group.IdxX; c + Four.Count <= classes; c += Four.Count * Group.DimX)
        {
            Four isLabel = Four.Select(Four.Equal(Four.Iota(c - label, 1), 0f), lossGradient, 0f);
            Four.Store(logits, start + c, DeviceMath.Exp(Four.Load(logits, start + c) - loss.Largest) * factor - isLabel);
        }
        for (int c = FirstOfRest(classes); c < classes; c += Group.DimX)
            logits[start + c] = DeviceMath.Exp(logits[start + c] - loss.Largest) * factor - (c == label ? lossGradient : 0f);
    }

    /// <summary>Where this thread begins with the classes that are left over by fours.</summary>
    static int FirstOfRest(int classes) => classes / Four.Count * Four.Count + Group.IdxX;

    /// <summary>Adds the slices' parts of one number of a block's gradient of x.</summary>
    public static float AddSlices(ArrayView<float> parts, int start, int slices, int floatsOfSlice, int at)
    {
        float sum = parts[start + at];
        for (int slice = 1; slice < slices; slice++)
            sum += parts[start + slice * floatsOfSlice + at];
        return sum;
    }

    /// <summary>The block's part of the gradient of one number of the bias.</summary>
    public static float SumOfRows(ArrayView<float> gradients, int stride, int rows, int column)
    {
        float sum = 0f;
        for (int row = 0; row < rows; row++)
            sum += gradients[row * stride + column];
        return sum;
    }
}

/// <summary>What is known of a row of logits.</summary>
public struct RowLoss
{
    /// <summary>The largest logit, the sum of exp(z - largest), and the loss.</summary>
    public float Largest, Sum, Value;
}
