using System.Numerics;
using System.Runtime.InteropServices;
using GraphCompiler.Contracts;

namespace GraphCompiler.Kernels;

/// <summary>
/// Packs weights of a linear map so that its results on given inputs stay near what they were, rather than the weights themselves: GPTQ (Frantar et
/// al., "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers", 2023). The weights of an output are rounded one
/// after the other, and what rounding one does to the results is made up for by those that are still to be rounded, as far as the inputs go together.
/// With H the second moments of the inputs and U the upper factor of its inverse, H⁻¹ = UᵀU, the error e of weight i takes e · U[i, j] / U[i, i]
/// from weight j &gt; i. A group's scale and minimum are found when its first weight's turn comes, for the weights whose inputs are not always zero.
/// Then, some times over, each weight goes to the unit that is best where all others are, which lowers the error eᵀHe until it stays.
/// </summary>
public static unsafe class CalibratedPacking
{
    const int Group = QuantizationContract.Group, Panel = QuantizationContract.Panel;

    /// <summary>What is added to the moments' diagonal, of its mean: inputs that are always zero, or always alike, leave weights free otherwise.</summary>
    const double Damping = 0.01;

    /// <summary>How often all weights of an output are gone over again at most.</summary>
    const int Sweeps = 10;

    /// <summary>Packs weights as <see cref="WeightFormat.Int4"/>.</summary>
    /// <param name="weights">Element (output, input) is weights[output * outputStride + input * inputStride]; all are finite.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="outputStride">Floats from an output to the next.</param>
    /// <param name="inputStride">Floats from an input to the next.</param>
    /// <param name="moments">The sum of x[i] * x[j] over the rows x of inputs, inputs x inputs; at least its upper half.</param>
    /// <param name="packed">Where the packed weights go.</param>
    public static void PackInt4(float* weights, int outputs, int inputs, nint outputStride, nint inputStride, double[] moments, byte* packed)
    {
        double[] damped = Damped(moments, inputs), factor = InverseFactor(damped, inputs);
        NativeMemory.Fill(packed, (nuint)WeightPacking.Bytes(WeightFormat.Int4, outputs, inputs), 0);
        long panelBytes = WeightPacking.Bytes(WeightFormat.Int4, Panel, inputs);
        // As outputs share nothing, what comes out does not depend on who packs them; those of a panel share its bytes.
        Parallel.For(0, (outputs + Panel - 1) / Panel, panel =>
        {
            var row = new Row(inputs);
            for (int output = panel * Panel; output < int.Min(outputs, (panel + 1) * Panel); output++)
            {
                for (int input = 0; input < inputs; input++)
                    row.Weights[input] = weights[(output * outputStride) + (input * inputStride)];
                row.Round(factor, moments);
                row.Improve(damped);
                row.Write(packed + (panel * panelBytes), output % Panel);
            }
        });
    }

    /// <summary>The weights of an output and what they are rounded to.</summary>
    sealed class Row(int inputs)
    {
        readonly double[] open = new double[inputs], slope = new double[inputs];
        readonly byte[] units = new byte[inputs];
        readonly (float Scale, float Minimum)[] groups = new (float, float)[(inputs + Group - 1) / Group];

        public double[] Weights { get; } = new double[inputs];

        double Rounded(int input) => groups[input / Group].Minimum + ((double)units[input] * groups[input / Group].Scale);

        /// <summary>The nearest unit of a number.</summary>
        double Unit(int input, double number)
        {
            var (scale, minimum) = groups[input / Group];
            return scale == 0 ? 0 : Math.Clamp(Math.Round((number - minimum) / scale), 0, Int4Weights.Largest);
        }

        /// <summary>One weight after the other, each taking what the ones before have left.</summary>
        public void Round(double[] factor, double[] moments)
        {
            Weights.CopyTo(open, 0);
            for (int input = 0; input < inputs; input++)
            {
                if (input % Group == 0)
                    groups[input / Group] = Fit(input, moments);
                units[input] = (byte)Unit(input, open[input]);
                ReadOnlySpan<double> line = factor.AsSpan(input * inputs, inputs);
                AddScaled(open.AsSpan(input + 1), line[(input + 1)..], (Rounded(input) - open[input]) / line[input]);
            }
        }

        /// <summary>The scale and the minimum of a group, for those of its weights whose inputs are not always zero; for all of them where all are.</summary>
        (float Scale, float Minimum) Fit(int first, double[] moments)
        {
            int count = int.Min(Group, inputs - first), live = 0;
            float* values = stackalloc float[Group];
            byte* nearest = stackalloc byte[Group];
            for (int i = first; i < first + count; i++)
            {
                if (moments[((long)i * inputs) + i] > 0)
                    values[live++] = (float)open[i];
            }
            for (int i = 0; i < count && live == 0; i++)
                values[i] = (float)open[first + i];
            return GroupFit.Find(values, live == 0 ? count : live, Int4Weights.Largest, nearest);
        }

        /// <summary>With g = He for the errors e, weight i is best at its value less g[i] / H[i, i].</summary>
        public void Improve(double[] damped)
        {
            Array.Clear(slope);
            for (int input = 0; input < inputs; input++)
                AddScaled(slope, damped.AsSpan(input * inputs, inputs), Rounded(input) - Weights[input]);
            bool changes = true;
            for (int sweep = 0; sweep < Sweeps && changes; sweep++)
            {
                changes = false;
                for (int input = 0; input < inputs; input++)
                {
                    double before = Rounded(input), unit = Unit(input, before - (slope[input] / damped[((long)input * inputs) + input]));
                    if (unit == units[input])
                        continue;
                    units[input] = (byte)unit;
                    AddScaled(slope, damped.AsSpan(input * inputs, inputs), Rounded(input) - before);
                    changes = true;
                }
            }
        }

        public void Write(byte* panel, int output)
        {
            for (int group = 0; group < groups.Length; group++, panel += Int4Weights.GroupBytes)
            {
                var (scale, minimum) = groups[group];
                ((uint*)panel)[output] = (BitConverter.SingleToUInt32Bits(scale) & 0xFFFF0000) | (BitConverter.SingleToUInt32Bits(minimum) >> 16);
                for (int i = 0; i < int.Min(Group, inputs - (group * Group)); i++)
                    panel[Int4Weights.Place(output, i, out int shift)] |= (byte)(units[(group * Group) + i] << shift);
            }
        }
    }

    /// <summary>How large the errors of results on the inputs are beside the results: the root of Σ eᵀHe over Σ wᵀHw, of all outputs.</summary>
    /// <param name="weights">The weights, as above.</param>
    /// <param name="rounded">What became of them, lying alike.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="outputStride">Floats from an output to the next.</param>
    /// <param name="inputStride">Floats from an input to the next.</param>
    /// <param name="moments">The second moments of the inputs; at least their upper half.</param>
    public static double RelativeError(float* weights, float* rounded, int outputs, int inputs, nint outputStride, nint inputStride, double[] moments)
    {
        double[] errors = new double[outputs], results = new double[outputs];
        Parallel.For(0, outputs, output =>
        {
            double[] row = new double[inputs], error = new double[inputs];
            for (int input = 0; input < inputs; input++)
            {
                nint at = (output * outputStride) + (input * inputStride);
                row[input] = weights[at];
                error[input] = (double)rounded[at] - weights[at];
            }
            errors[output] = Quadratic(error, moments);
            results[output] = Quadratic(row, moments);
        });
        double total = results.Sum();
        return total > 0 ? Math.Sqrt(errors.Sum() / total) : 0;
    }

    /// <summary>xᵀHx of the upper half of H.</summary>
    static double Quadratic(double[] x, double[] moments)
    {
        int n = x.Length;
        double sum = 0;
        for (int i = 0; i < n; i++)
        {
            if (x[i] != 0)
                sum += x[i] * ((moments[(i * n) + i] * x[i]) + (2 * Dot(moments.AsSpan((i * n) + i + 1, n - i - 1), x.AsSpan(i + 1))));
        }
        return sum;
    }

    /// <summary>The moments, both halves of them, with what is added to the diagonal.</summary>
    static double[] Damped(double[] moments, int n)
    {
        double mean = 0;
        for (int i = 0; i < n; i++)
            mean += moments[(i * n) + i] / n;
        double[] damped = (double[])moments.Clone();
        for (int i = 0; i < n; i++)
        {
            damped[(i * n) + i] += mean > 0 ? Damping * mean : 1;
            for (int j = 0; j < i; j++)
                damped[(i * n) + j] = damped[(j * n) + i];
        }
        return damped;
    }

    /// <summary>
    /// The upper U with H⁻¹ = UᵀU: the inverse of the upper R with H = RRᵀ, which is found from the last column to the first, as Cholesky's lower
    /// factor is from the first.
    /// </summary>
    static double[] InverseFactor(double[] damped, int n)
    {
        double[] r = (double[])damped.Clone(), u = new double[r.Length];
        for (int j = n - 1; j >= 0; j--)
        {
            int column = j;
            Memory<double> behind = r.AsMemory((j * n) + j + 1, n - j - 1);
            double diagonal = Math.Sqrt(r[(j * n) + j] - Dot(behind.Span, behind.Span));
            r[(j * n) + j] = diagonal;
            Parallel.For(0, j, i => r[(i * n) + column] = (r[(i * n) + column] - Dot(r.AsSpan((i * n) + column + 1, n - column - 1), behind.Span)) / diagonal);
        }
        for (int i = n - 1; i >= 0; i--)
        {
            Span<double> line = u.AsSpan((i * n) + i, n - i);
            for (int k = i + 1; k < n; k++)
                AddScaled(line[(k - i)..], u.AsSpan((k * n) + k, n - k), r[(i * n) + k]);
            double reciprocal = 1 / r[(i * n) + i];
            for (int k = 1; k < line.Length; k++)
                line[k] *= -reciprocal;
            line[0] = reciprocal;
        }
        return u;
    }

    static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Vector<double> sums = Vector<double>.Zero;
        int i = 0;
        for (; i <= a.Length - Vector<double>.Count; i += Vector<double>.Count)
            sums += new Vector<double>(a[i..]) * new Vector<double>(b[i..]);
        double sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>Adds a factor times other numbers to numbers.</summary>
    /// <param name="numbers">What is added to.</param>
    /// <param name="added">At least as many.</param>
    /// <param name="factor">The factor.</param>
    public static void AddScaled(Span<double> numbers, ReadOnlySpan<double> added, double factor)
    {
        int i = 0;
        for (; i <= numbers.Length - Vector<double>.Count; i += Vector<double>.Count)
            (new Vector<double>(numbers[i..]) + (new Vector<double>(added[i..]) * factor)).CopyTo(numbers[i..]);
        for (; i < numbers.Length; i++)
            numbers[i] += added[i] * factor;
    }
}
