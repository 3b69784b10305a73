using GraphCompiler.Checkpoints;
using GraphCompiler.Contracts;

namespace GraphCompiler.Runtime;

/// <summary>
/// The flat parameter block of a compiled model: the trainable parameters, those of floats first, and behind them the frozen ones. Gradients and
/// every block of optimizer state are floats, and laid out alike (<see cref="Trainable"/>): where parameters are floats, one offset finds a
/// parameter, its gradient and its moments.
/// </summary>
public sealed class ModelLayout
{
    /// <summary>Every parameter starts at a multiple of this many bytes: one cache line, one Vector512.</summary>
    public const int Alignment = MemoryContract.Alignment;

    readonly ParameterLayout[] parameters;
    readonly Dictionary<string, int> indexOfName;
    ModelLayout? trainable;

    /// <summary>Describes a parameter block.</summary>
    /// <param name="parameters">The parameters in the order of their declaration.</param>
    /// <param name="totalBytes">The length of the block in bytes; a multiple of <see cref="Alignment"/>.</param>
    /// <exception cref="ArgumentException">
    /// Offsets are not aligned, overlap or leave the block, a frozen parameter lies before a trainable one, or a name occurs twice.
    /// </exception>
    public ModelLayout(ParameterLayout[] parameters, long totalBytes)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegative(totalBytes);
        if (totalBytes % Alignment != 0)
            throw new ArgumentException($"The block's {totalBytes} bytes are not a multiple of {Alignment}.", nameof(totalBytes));

        this.parameters = [.. parameters];
        indexOfName = new Dictionary<string, int>(parameters.Length, StringComparer.Ordinal);
        TotalBytes = totalBytes;

        for (int index = 0; index < parameters.Length; index++)
        {
            if (!indexOfName.TryAdd(parameters[index].Name, index))
                throw new ArgumentException($"Two parameters are named '{parameters[index].Name}'.", nameof(parameters));
        }

        long end = 0;
        ParameterLayout? before = null;
        foreach (ParameterLayout parameter in parameters.OrderBy(parameter => parameter.Offset))
        {
            if (parameter.Offset % Alignment != 0)
                throw new ArgumentException($"Parameter '{parameter.Name}' starts at {parameter.Offset}, not at a multiple of {Alignment}.", nameof(parameters));
            if (parameter.Offset < end)
                throw new ArgumentException($"Parameter '{parameter.Name}' starts at {parameter.Offset}, before the one before it ends at {end}.", nameof(parameters));
            if (before is { IsFrozen: true } && !parameter.IsFrozen)
                throw new ArgumentException($"Parameter '{before.Name}' is frozen, and lies before '{parameter.Name}', which is not.", nameof(parameters));

            before = parameter;
            end = checked(parameter.Offset + parameter.Bytes);
            ParameterCount += parameter.Count;
        }

        if (end > totalBytes)
            throw new ArgumentException($"The parameters end at {end}, after the block's {totalBytes} bytes.", nameof(totalBytes));

        Trained = Array.FindAll(this.parameters, parameter => !parameter.IsFrozen);
        (Lora, WithoutLora) = (Part(parameter => parameter.Lora is not null), Part(parameter => parameter.Lora is null));
    }

    /// <summary>The types that optimizers update, in the order in which parameters lie in the block.</summary>
    static readonly SafetensorsDataType[] TrainedTypes = [SafetensorsDataType.F32, SafetensorsDataType.BF16, SafetensorsDataType.F16];

    ModelLayout LayoutOfGradients()
    {
        long endOfFloats = EndOfTrained(SafetensorsDataType.F32), end = TrainedTypes.Max(EndOfTrained);
        if (Trained.Count == parameters.Length && end == endOfFloats)
            return this;
        ParameterLayout? before = null;
        foreach (ParameterLayout parameter in Trained.OrderBy(parameter => parameter.Offset))
        {
            if (before is not null && Array.IndexOf(TrainedTypes, before.DataType) > Array.IndexOf(TrainedTypes, parameter.DataType))
                throw new InvalidOperationException($"Parameter '{before.Name}' of {before.DataType.Name()} lies before '{parameter.Name}' of {parameter.DataType.Name()}.");
            before = parameter;
        }
        return new ModelLayout([.. Trained.Select(parameter => InFloats(parameter, endOfFloats))], OffsetInFloats(end, endOfFloats));
    }

    /// <summary>Where the trained parameters of a type end in the block, in bytes.</summary>
    internal long EndOfTrained(SafetensorsDataType type) => Trained.Where(parameter => parameter.DataType == type)
        .Select(parameter => (parameter.Offset + parameter.Bytes + Alignment - 1) / Alignment * Alignment).DefaultIfEmpty().Max();

    /// <summary>Where floats lie that belong to what lies at an offset: behind parameters of floats, those of 16 bits have twice the bytes.</summary>
    static long OffsetInFloats(long offset, long endOfFloats) => offset <= endOfFloats ? offset : endOfFloats + 2 * (offset - endOfFloats);

    static ParameterLayout InFloats(ParameterLayout parameter, long endOfFloats) => parameter.DataType == SafetensorsDataType.F32
        ? parameter
        : new ParameterLayout(parameter.Name, [.. parameter.Shape], OffsetInFloats(parameter.Offset, endOfFloats), parameter.Initialization);

    ModelLayout Part(Predicate<ParameterLayout> isIn)
        => Array.TrueForAll(parameters, isIn) ? this : new ModelLayout(Array.FindAll(parameters, isIn), TotalBytes);

    /// <summary>The parameters in the order of their declaration.</summary>
    public IReadOnlyList<ParameterLayout> Parameters => parameters;

    /// <summary>The parameters that are trained, in the order of their declaration.</summary>
    public IReadOnlyList<ParameterLayout> Trained { get; }

    /// <summary>
    /// The layout of gradients and of optimizer state: a float for each element of each parameter in <see cref="Trained"/>, in the same order. Those of
    /// parameters of floats lie where these do in their block, others twice as far behind the last of them as the parameter's 16 bits do.
    /// </summary>
    public ModelLayout Trainable => trainable ??= LayoutOfGradients();

    /// <summary>The adapters of LoRA alone, where they lie in the block.</summary>
    public ModelLayout Lora { get; }

    /// <summary>All but the adapters of LoRA, where they lie in the block.</summary>
    public ModelLayout WithoutLora { get; }

    /// <summary>The length of the block in bytes, alignment gaps included.</summary>
    public long TotalBytes { get; }

    /// <summary>The length in floats, of which gradients and optimizer state consist.</summary>
    internal long TotalFloats => TotalBytes / sizeof(float);

    /// <summary>The number of values that are parameters, alignment gaps excluded.</summary>
    public long ParameterCount { get; }

    /// <summary>The position of a name in <see cref="Parameters"/>.</summary>
    /// <exception cref="ArgumentException">No parameter has this name.</exception>
    public int IndexOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return indexOfName.TryGetValue(name, out int index)
            ? index
            : throw new ArgumentException($"The model has no parameter named '{name}'. It has {NamesForMessage()}.", nameof(name));
    }

    internal bool TryIndexOf(string name, out int index) => indexOfName.TryGetValue(name, out index);

    string NamesForMessage()
    {
        const int most = 8;
        string names = string.Join(", ", parameters.Take(most).Select(parameter => parameter.Name));
        return parameters.Length switch
        {
            0 => "none",
            > most => $"{names} and {parameters.Length - most} more",
            _ => names,
        };
    }
}
