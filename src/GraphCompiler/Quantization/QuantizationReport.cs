using System.Globalization;
using System.Text;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>What <see cref="GraphModel.Quantize"/> has done.</summary>
public sealed class QuantizationReport
{
    internal QuantizationReport(IReadOnlyList<QuantizedTensor> tensors) => Tensors = tensors;

    /// <summary>All parameters, in the order of their declaration.</summary>
    public IReadOnlyList<QuantizedTensor> Tensors { get; }

    /// <summary>The memory of all parameters in single precision.</summary>
    public long BytesBefore => Tensors.Sum(tensor => tensor.BytesBefore);

    /// <summary>The memory that they take.</summary>
    public long BytesAfter => Tensors.Sum(tensor => tensor.BytesAfter);

    /// <summary>What was measured, on data of the user's; null if nothing was.</summary>
    public string? Measure { get; private set; }

    /// <summary>The measure of the model that was quantised.</summary>
    public double QualityBefore { get; private set; }

    /// <summary>The measure of the quantised model.</summary>
    public double QualityAfter { get; private set; }

    internal void Take(QualityMeasure measure) => (Measure, QualityBefore, QualityAfter) = (measure.Name, measure.Before(), measure.After());

    /// <exception cref="ArgumentException">A weight is not finite.</exception>
    internal static unsafe void RequireFinite(ParameterLayout parameter, float* values)
    {
        for (long i = 0; i < parameter.Count; i++)
        {
            if (!float.IsFinite(values[i]))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"'{parameter.Name}' has a weight that is {values[i]}: only finite ones can be packed."));
        }
    }

    /// <summary>A table: what became of each parameter that was packed, then of all, then the measure.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{"",-40} {"format",-8} {"bytes before",14} {"after",14} {"max error",10} {"rms error",10} {"of rms",7}");
        foreach (QuantizedTensor tensor in Tensors.Where(tensor => tensor.Format != WeightFormat.Float32))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{tensor.Name,-40} {tensor.Format,-8} {tensor.BytesBefore,14:N0} {tensor.BytesAfter,14:N0}");
            text.Append(CultureInfo.InvariantCulture, $" {tensor.LargestError,10:G3} {tensor.RootMeanSquareError,10:G3} {Share(tensor),7:P2}");
            if (!double.IsNaN(tensor.ErrorOfResults.Calibrated))
                text.Append(CultureInfo.InvariantCulture, $"  of results {tensor.ErrorOfResults.Calibrated:P2}, uncalibrated {tensor.ErrorOfResults.Nearest:P2}");
        }
        text.Append(CultureInfo.InvariantCulture, $"\n{"all parameters",-40} {"",-8} {BytesBefore,14:N0} {BytesAfter,14:N0}");
        text.Append(CultureInfo.InvariantCulture, $"  {(double)BytesBefore / Math.Max(1, BytesAfter):F2} times less");
        if (Measure is not null)
            text.Append(CultureInfo.InvariantCulture, $"\n{Measure,-40} {QualityBefore:G6} before, {QualityAfter:G6} after, ratio {QualityAfter / QualityBefore:F4}");
        return text.ToString();
    }

    static double Share(QuantizedTensor tensor) => tensor.RootMeanSquare > 0 ? tensor.RootMeanSquareError / tensor.RootMeanSquare : 0;
}
