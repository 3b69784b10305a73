using System.Globalization;
using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>
/// What linear maps are given, on data of the user's, so that <see cref="GraphModel.Quantize"/> rounds weights of 4 bits to what changes the maps' results on
/// such data least (GPTQ, Frantar et al. 2023). It keeps the second moments of the inputs, inputs · inputs numbers of 8 bytes for each weight.
/// </summary>
/// <example><c>calibration.Add("hidden1.weight", batch.Images)</c>, for some hundred rows at least</example>
public sealed class Calibration
{
    readonly GraphModel model;
    readonly Dictionary<string, double[]> moments = new(StringComparer.Ordinal);

    /// <summary>Begins one for the model whose weights are packed.</summary>
    /// <param name="model">A model of a class with weights of 4 bits.</param>
    public Calibration(GraphModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.model = model;
    }

    /// <summary>Takes rows of what a weight is multiplied with: for a first layer the data itself, for others what a graph method of the trained model gives.</summary>
    /// <param name="weight">The name of a parameter with 4 bits.</param>
    /// <param name="inputs">As many numbers as the linear map has inputs, for each row.</param>
    /// <exception cref="ArgumentException">The parameter is not of 4 bits, the numbers are no whole rows, or one is not finite.</exception>
    public void Add(string weight, ReadOnlySpan<float> inputs)
    {
        ParameterLayout parameter = model.ModelLayout.Parameters[model.ModelLayout.IndexOf(weight)];
        if (parameter.Packed is not { Format: WeightFormat.Int4 } packed)
            throw new ArgumentException($"The parameter '{weight}' has no weights of 4 bits, which alone are calibrated.", nameof(weight));
        int width = packed.Inputs(parameter.Shape);
        if (inputs.Length == 0 || inputs.Length % width != 0)
            throw new ArgumentException($"There are {inputs.Length} numbers, which are not rows of the {width} inputs of '{weight}'.", nameof(inputs));
        foreach (float number in inputs)
        {
            if (!float.IsFinite(number))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"An input of '{weight}' is {number}."), nameof(inputs));
        }
        if (!moments.TryGetValue(weight, out double[]? sums))
            moments.Add(weight, sums = new double[checked(width * width)]);
        double[] row = new double[width];
        for (int start = 0; start < inputs.Length; start += width)
        {
            for (int i = 0; i < width; i++)
                row[i] = inputs[start + i];
            AddRow(row, sums);
        }
    }

    /// <summary>The upper half of x · xᵀ; of pixels and of what a ReLU leaves much is zero.</summary>
    static void AddRow(double[] row, double[] sums)
    {
        for (int i = 0; i < row.Length; i++)
        {
            if (row[i] != 0)
                CalibratedPacking.AddScaled(sums.AsSpan((i * row.Length) + i, row.Length - i), row.AsSpan(i), row[i]);
        }
    }

    internal bool IsOf(GraphModel other) => model == other;

    /// <summary>The sums of products of a weight's inputs; null if there are none.</summary>
    internal double[]? MomentsOf(string weight) => moments.GetValueOrDefault(weight);
}
