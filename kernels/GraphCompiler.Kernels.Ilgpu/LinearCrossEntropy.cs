using GraphCompiler.Contracts;
using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// What the launches of a linear map with cross-entropy do beside their products. For each block of rows, in order:
/// <list type="number">
/// <item>the logits of the block, by a product;</item>
/// <item>a group a row: its loss, and in place of the logits their gradient (softmax(z) - one-hot(label)) * d, rounded where the
/// model has products of 16-bit numbers; of binary16, times a power of two that is found first;</item>
/// <item>from that the gradient of the block's rows of x, by a product;</item>
/// <item>the block's part of the gradients of the weight, by a product, and of the bias: the first block stores it, the
/// others add.</item>
/// </list>
/// The number of rows may be known at the launch only: blocks that then have no rows do nothing.
/// </summary>
public static class LinearCrossEntropy
{
    /// <summary>Every row of logits begins at a multiple of so many floats.</summary>
    const int Alignment = LogitsContract.DeviceStrideFloats;

    /// <summary>Of a power of two whose inverse is a normal number too.</summary>
    const uint LargestExponent = 253u;

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

    /// <summary>
    /// Makes the loss of a row that of a target that is spread: (1 - share) * w[label] on the label and share / classes * w[c] on each class c.
    /// </summary>
    /// <returns>The target.</returns>
    public static RowTarget Smooth<TReduction>(
        TReduction reduction, ArrayView<float> shared, ref RowLoss loss, ArrayView<float> logits, int start, int classes, int label, float share,
        ArrayView<float> weights)
        where TReduction : struct, IGroupReduction
    {
        float below = 0f, total = 0f;
        for (int c = Group.IdxX; c < classes; c += Group.DimX)
        {
            below += weights[c] * (loss.Largest - logits[start + c]);
            total += weights[c];
        }
        float spread = share / classes, ofLabel = 0f, lossOfLabel = 0f, logarithm = DeviceMath.Log(loss.Sum);
        below = reduction.Sum(below, shared);
        total = reduction.Sum(total, shared) * spread;
        if (label >= 0 && label < classes)
        {
            ofLabel = (1f - share) * weights[label];
            lossOfLabel = logarithm + (loss.Largest - logits[start + label]);
        }
        loss.Value = ofLabel * lossOfLabel + (total * logarithm + spread * below);
        return new RowTarget { OfLabel = ofLabel, Spread = spread, Total = ofLabel + total };
    }

    /// <summary>
    /// Of a mean over many rows the gradients of many classes' logits are less than binary16 has numbers for. So they are all
    /// multiplied by a power of two that brings the largest near the format's end, and what products make of them is divided by it.
    /// All threads of one group call.
    /// </summary>
    /// <param name="reduction">How they exchange numbers.</param>
    /// <param name="shared">Where.</param>
    /// <param name="lossGradients">The gradients of the rows' losses, which no gradient of a logit exceeds times the largest number of a target.</param>
    /// <param name="first">The block's first row.</param>
    /// <param name="rows">How many it has.</param>
    /// <param name="largestTarget">That number.</param>
    /// <param name="workspace">Takes the power of two, and behind it its inverse.</param>
    /// <param name="at">Where.</param>
    public static void FindScale<TReduction>(
        TReduction reduction, ArrayView<float> shared, ArrayView<float> lossGradients, int first, int rows, float largestTarget, ArrayView<float> workspace, int at)
        where TReduction : struct, IGroupReduction
    {
        float largest = 0f;
        for (int row = Group.IdxX; row < rows; row += Group.DimX)
            largest = DeviceMath.Max(largest, MathF.Abs(lossGradients[first + row]));
        largest = reduction.Max(largest, shared) * largestTarget;
        if (Group.IdxX > 0)
            return;
        // Exponents with their bias of 127: the largest becomes at least 2^14 and less than 2^15.
        uint exponent = 127u + 14u + 127u - (Interop.FloatAsInt(largest) >> 23);
        exponent = exponent < LargestExponent ? exponent : LargestExponent;
        workspace[at] = Interop.IntAsFloat(exponent << 23);
        workspace[at + 1] = Interop.IntAsFloat((254u - exponent) << 23);
    }

    /// <summary>The largest size of the weights of classes, for every thread of a group.</summary>
    public static float LargestWeight<TReduction>(TReduction reduction, ArrayView<float> shared, ArrayView<float> weights, int classes)
        where TReduction : struct, IGroupReduction
    {
        float largest = 0f;
        for (int c = Group.IdxX; c < classes; c += Group.DimX)
            largest = DeviceMath.Max(largest, MathF.Abs(weights[c]));
        return reduction.Max(largest, shared);
    }

    /// <summary>
    /// Puts the gradients of a row's logits in their place, from its beginning on: numbers of 16 bits fill half of it. A thread
    /// writes where others have read, so all of them read before any writes.
    /// </summary>
    /// <param name="loss">The row's loss.</param>
    /// <param name="logits">The logits.</param>
    /// <param name="start">Where the row's begin.</param>
    /// <param name="gradients">The same memory.</param>
    /// <param name="first">Where the row begins, counted in gradients.</param>
    /// <param name="classes">How many there are; memory goes on behind them to a multiple of four, and what it holds does not matter.</param>
    /// <param name="label">The row's label.</param>
    /// <param name="lossGradient">The gradient of its loss.</param>
    public static void ToGradients<TNumbers>(
        RowLoss loss, ArrayView<float> logits, int start, TNumbers gradients, int first, int classes, int label, float lossGradient)
        where TNumbers : struct, INumberView
    {
        float factor = lossGradient / loss.Sum;
        for (int done = 0; done < classes; done += Four.Count * Group.DimX)
        {
            int c = done + Four.Count * Group.IdxX;
            Four gradient = default;
            if (c < classes)
            {
                Four isLabel = Four.Select(Four.Equal(Four.Iota(c - label, 1), 0f), lossGradient, 0f);
                gradient = DeviceMath.Exp(Four.Load(logits, start + c) - loss.Largest) * factor - isLabel;
            }
            Group.Barrier();
            if (c < classes)
                gradients.StoreFour(first + c, gradients.Rounded(gradient));
        }
    }

    /// <summary>The same with a target that is spread: (softmax(z) * t - target) * d, t being the sum of the target.</summary>
    public static void ToGradients<TNumbers>(
        RowLoss loss, ArrayView<float> logits, int start, TNumbers gradients, int first, int classes, int label, float lossGradient, RowTarget target,
        ArrayView<float> weights)
        where TNumbers : struct, INumberView
    {
        float factor = lossGradient * target.Total / loss.Sum, spread = -target.Spread * lossGradient;
        for (int done = 0; done < classes; done += Four.Count * Group.DimX)
        {
            int c = done + Four.Count * Group.IdxX;
            Four gradient = default;
            if (c < classes)
            {
                Four isLabel = Four.Select(Four.Equal(Four.Iota(c - label, 1), 0f), lossGradient * target.OfLabel, 0f);
                Four ofClasses = new()
                {
                    X = weights[c] * spread,
                    Y = c + 1 < classes ? weights[c + 1] * spread : 0f,
                    Z = c + 2 < classes ? weights[c + 2] * spread : 0f,
                    W = c + 3 < classes ? weights[c + 3] * spread : 0f,
                };
                gradient = DeviceMath.Exp(Four.Load(logits, start + c) - loss.Largest) * factor - isLabel + ofClasses;
            }
            Group.Barrier();
            if (c < classes)
                gradients.StoreFour(first + c, gradients.Rounded(gradient));
        }
    }

    /// <summary>Where this thread begins with the classes that are left over by fours.</summary>
    static int FirstOfRest(int classes) => classes / Four.Count * Four.Count + Group.IdxX;

    /// <summary>The block's part of the gradient of one number of the bias.</summary>
    public static float SumOfRows<TNumbers>(TNumbers gradients, int stride, int rows, int column)
        where TNumbers : struct, INumberView
    {
        float sum = 0f;
        int row = 0, at = column;
        // Eight are read before the first is added: ILGPU unrolls no loops, and each turn waits for memory.
        for (; row + 8 <= rows; row += 8)
        {
            float a = gradients[at], b = gradients[at + stride], c = gradients[at + 2 * stride], d = gradients[at + 3 * stride];
            int further = at + 4 * stride;
            float e = gradients[further], f = gradients[further + stride], g = gradients[further + 2 * stride], h = gradients[further + 3 * stride];
            sum = sum + a + b + c + d + e + f + g + h;
            at += 8 * stride;
        }
        for (; row < rows; row++)
        {
            sum += gradients[at];
            at += stride;
        }
        return sum;
    }
}

/// <summary>What is known of a row of logits.</summary>
public struct RowLoss
{
    /// <summary>The largest logit, the sum of exp(z - largest), and the loss.</summary>
    public float Largest, Sum, Value;
}

/// <summary>A target that is spread over classes.</summary>
public struct RowTarget
{
    /// <summary>What is on the label beside the spread, the factor of the weights of classes, and the sum of all.</summary>
    public float OfLabel, Spread, Total;
}
