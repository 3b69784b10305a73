using GraphCompiler.Checkpoints;
using GraphCompiler.Runtime;

namespace GraphCompiler;

// Weights of 8 and 4 bits.
public abstract unsafe partial class GraphModel
{
    /// <summary>
    /// Takes the parameters and the state of another model, by their names, and packs those weights that this class packs
    /// (<see cref="GraphAttribute.Weights"/>).
    /// </summary>
    /// <param name="source">A model of the same parameters in single precision, and perhaps more: the one that was trained.</param>
    /// <param name="measure">What to measure before and after; null for nothing.</param>
    /// <param name="calibration">Inputs of weights of 4 bits, which are then rounded to what changes results on these least; null to round each to the nearest.</param>
    /// <returns>The memory before and after, and the error of each parameter.</returns>
    /// <exception cref="ArgumentException">
    /// The source lacks a parameter or a state, has it with another shape or packed, or has a weight to pack that is not finite,
    /// or the calibration is another model's; the model is as it was.
    /// </exception>
    /// <exception cref="ObjectDisposedException">A model is disposed.</exception>
    /// <exception cref="InvalidOperationException">The parameters of either model are being trained, loaded or saved on another thread.</exception>
    public QuantizationReport Quantize(GraphModel source, QualityMeasure? measure = null, Calibration? calibration = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source == this)
            throw new ArgumentException("A model is quantised from another one.", nameof(source));
        if (calibration?.IsOf(this) == false)
            throw new ArgumentException("The calibration is of another model.", nameof(calibration));
        QuantizationReport? report = null;
        source.Read(() => Change(() =>
        {
            source.Remote?.Fetch();
            RequireAllOf(ModelLayout, source.ModelLayout, source);
            RequireAllOf(StateLayout, source.StateLayout, source);
            foreach (ParameterLayout parameter in ModelLayout.Parameters.Where(parameter => parameter.Packed is not null))
                QuantizationReport.RequireFinite(parameter, (float*)(source.ParameterPointer + PlaceIn(source.ModelLayout, parameter).Offset));
            report = new([.. ModelLayout.Parameters.Select(parameter => Take(parameter, source, calibration?.MomentsOf(parameter.Name)))]);
            foreach (ParameterLayout state in StateLayout.Parameters)
                QuantizedTensor.Copy(state, source.StatePointer + PlaceIn(source.StateLayout, state).Offset, StatePointer + state.Offset);
            Remote?.HostChanged();
        }));
        if (measure is not null)
            report!.Take(measure);
        return report!;
    }

    QuantizedTensor Take(ParameterLayout parameter, GraphModel source, double[]? moments) => QuantizedTensor.Copy(
        parameter, source.ParameterPointer + PlaceIn(source.ModelLayout, parameter).Offset, ParameterPointer + parameter.Offset, moments);

    static ParameterLayout PlaceIn(ModelLayout layout, ParameterLayout parameter) => layout.Parameters[layout.IndexOf(parameter.Name)];

    static void RequireAllOf(ModelLayout wanted, ModelLayout given, GraphModel source)
    {
        foreach (ParameterLayout parameter in wanted.Parameters)
        {
            if (!given.TryIndexOf(parameter.Name, out int index))
                throw new ArgumentException($"{source.GetType().Name} has no '{parameter.Name}'.", nameof(source));
            ParameterLayout place = given.Parameters[index];
            if (place.Packed is not null)
                throw new ArgumentException($"'{place.Name}' of {source.GetType().Name} is packed as {place.Packed.Format} itself.", nameof(source));
            if (place.DataType != parameter.DataType)
                throw new ArgumentException($"'{place.Name}' of {source.GetType().Name} is {place.DataType.Name()}, not {parameter.DataType.Name()}.", nameof(source));
            if (!place.Shape.SequenceEqual(parameter.Shape))
            {
                throw new ArgumentException(
                    $"'{place.Name}' of {source.GetType().Name} is [{string.Join(", ", place.Shape)}], not [{string.Join(", ", parameter.Shape)}].", nameof(source));
            }
        }
    }
}
