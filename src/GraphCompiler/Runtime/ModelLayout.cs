using GraphCompiler.Contracts;

namespace GraphCompiler.Runtime;

/// <summary>
/// The flat parameter block of a compiled model. Gradients and every block of optimizer state have the same layout, so
/// one offset finds a parameter, its gradient and its moments.
/// </summary>
public sealed class ModelLayout
{
    /// <summary>Every parameter starts at a multiple of this many floats: one cache line, one Vector512.</summary>
    public const int Alignment = MemoryContract.Alignment / sizeof(float);

    readonly ParameterLayout[] parameters;
    readonly Dictionary<string, int> indexOfName;

    /// <summary>Describes a parameter block.</summary>
    /// <param name="parameters">The parameters in ascending order of offset.</param>
    /// <param name="totalFloats">The length of the block in floats; a multiple of <see cref="Alignment"/>.</param>
    /// <exception cref="ArgumentException">Offsets are not aligned, overlap or leave the block, or a name occurs twice.</exception>
    public ModelLayout(ParameterLayout[] parameters, long totalFloats)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegative(totalFloats);
        if (totalFloats % Alignment != 0)
            throw new ArgumentException($"The block's {totalFloats} floats are not a multiple of {Alignment}.", nameof(totalFloats));

        this.parameters = [.. parameters];
        indexOfName = new Dictionary<string, int>(parameters.Length, StringComparer.Ordinal);
        TotalFloats = totalFloats;

        long end = 0;
        for (int index = 0; index < parameters.Length; index++)
        {
            ParameterLayout parameter = parameters[index];
            if (parameter.Offset % Alignment != 0)
                throw new ArgumentException($"Parameter '{parameter.Name}' starts at {parameter.Offset}, not at a multiple of {Alignment}.", nameof(parameters));
            if (parameter.Offset < end)
                throw new ArgumentException($"Parameter '{parameter.Name}' starts at {parameter.Offset}, before the one before it ends at {end}.", nameof(parameters));
            if (!indexOfName.TryAdd(parameter.Name, index))
                throw new ArgumentException($"Two parameters are named '{parameter.Name}'.", nameof(parameters));

            end = checked(parameter.Offset + parameter.Count);
            ParameterCount += parameter.Count;
        }

        if (end > totalFloats)
            throw new ArgumentException($"The parameters end at {end}, after the block's {totalFloats} floats.", nameof(totalFloats));
    }

    /// <summary>The parameters in ascending order of offset.</summary>
    public IReadOnlyList<ParameterLayout> Parameters => parameters;

    /// <summary>The length of the block in floats, alignment gaps included.</summary>
    public long TotalFloats { get; }

    /// <summary>The length of the block in bytes.</summary>
    public long TotalBytes => TotalFloats * sizeof(float);

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
