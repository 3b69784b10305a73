using GraphCompiler.Contracts;

namespace GraphCompiler.Runtime;

/// <summary>
/// The flat parameter block of a compiled model: the trainable parameters, and behind them the frozen ones. Gradients and every block of
/// optimizer state are laid out like the trainable ones, so one offset finds a parameter, its gradient and its moments.
/// </summary>
public sealed class ModelLayout
{
    /// <summary>Every parameter starts at a multiple of this many bytes: one cache line, one Vector512.</summary>
    public const int Alignment = MemoryContract.Alignment;

    readonly ParameterLayout[] parameters;
    readonly Dictionary<string, int> indexOfName;

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

        long end = 0, endOfTrainable = 0;
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
            if (!parameter.IsFrozen)
                endOfTrainable = end;
            ParameterCount += parameter.Count;
        }

        if (end > totalBytes)
            throw new ArgumentException($"The parameters end at {end}, after the block's {totalBytes} bytes.", nameof(totalBytes));

        Trainable = Array.Exists(this.parameters, parameter => parameter.IsFrozen)
            ? new ModelLayout([.. parameters.Where(parameter => !parameter.IsFrozen)], (endOfTrainable + Alignment - 1) / Alignment * Alignment)
            : this;
        (Lora, WithoutLora) = (Part(parameter => parameter.Lora is not null), Part(parameter => parameter.Lora is null));
    }

    ModelLayout Part(Predicate<ParameterLayout> isIn)
        => Array.TrueForAll(parameters, isIn) ? this : new ModelLayout(Array.FindAll(parameters, isIn), TotalBytes);

    /// <summary>The parameters in the order of their declaration.</summary>
    public IReadOnlyList<ParameterLayout> Parameters => parameters;

    /// <summary>The beginning of the block that trainable parameters take, as a layout of these alone: that of gradients and optimizer state.</summary>
    public ModelLayout Trainable { get; }

    /// <summary>The adapters of LoRA alone, where they lie in the block.</summary>
    public ModelLayout Lora { get; }

    /// <summary>All but the adapters of LoRA, where they lie in the block.</summary>
    public ModelLayout WithoutLora { get; }

    /// <summary>The length of the block in bytes, alignment gaps included.</summary>
    public long TotalBytes { get; }

    /// <summary>The length in floats, of which gradients and optimizer state consist, and in which devices count memory.</summary>
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
