using GraphCompiler.Checkpoints;

namespace GraphCompiler.Runtime;

/// <summary>Where one parameter lies in the flat parameter block, and how its first values are drawn.</summary>
public sealed class ParameterLayout
{
    /// <summary>Describes one parameter.</summary>
    /// <param name="name">The path of the parameter, with dots: <c>hidden1.weight</c>.</param>
    /// <param name="shape">The lengths of its axes; empty for a scalar.</param>
    /// <param name="offset">Where it starts in the block, in bytes; a multiple of <see cref="ModelLayout.Alignment"/>.</param>
    /// <param name="initialization">The distribution of its first values.</param>
    /// <param name="isFrozen">Whether training leaves it as it is.</param>
    /// <param name="lora">Of a parameter of an adapter of LoRA, what it says of that.</param>
    /// <param name="packed">Of packed weights, how they are packed.</param>
    /// <param name="dataType">How its elements lie in memory if they are not packed.</param>
    /// <exception cref="ArgumentException">The name is empty or an axis has a negative length.</exception>
    public ParameterLayout(
        string name, int[] shape, long offset, Initialization initialization, bool isFrozen = false, LoraLayout? lora = null, PackedLayout? packed = null,
        SafetensorsDataType dataType = SafetensorsDataType.F32)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);

        long count = 1;
        foreach (int length in shape)
        {
            if (length < 0)
                throw new ArgumentException($"Parameter '{name}' has an axis of length {length}.", nameof(shape));
            count = checked(count * length);
        }

        Name = name;
        Shape = [.. shape];
        Count = count;
        Offset = offset;
        Initialization = initialization;
        IsFrozen = isFrozen;
        Lora = lora;
        Packed = packed;
        DataType = dataType;
        Bytes = packed?.Bytes(Shape) ?? checked(count * (dataType.Bits() / 8));
    }

    /// <summary>The parameters of equal layers, one layer after the other.</summary>
    /// <param name="count">How many layers there are.</param>
    /// <param name="layer">The parameters of the layer of a number, from 0 on.</param>
    public static IEnumerable<ParameterLayout> Repeat(int count, Func<int, ParameterLayout[]> layer) => Enumerable.Range(0, count).SelectMany(layer);

    /// <summary>The path of the parameter, with dots.</summary>
    public string Name { get; }

    /// <summary>The lengths of the axes, outermost first.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>How its elements lie in memory if they are not <see cref="Packed"/>.</summary>
    public SafetensorsDataType DataType { get; }

    /// <summary>How many elements it has.</summary>
    public long Count { get; }

    /// <summary>How many bytes they take.</summary>
    public long Bytes { get; }

    /// <summary>Where it starts in the flat block, in bytes.</summary>
    public long Offset { get; }

    /// <summary>Where its gradient and each of its optimizer's states start in their blocks, in floats.</summary>
    internal long OffsetInFloats => Offset / sizeof(float);

    /// <summary>The distribution of its first values.</summary>
    public Initialization Initialization { get; }

    /// <summary>Whether training leaves it as it is.</summary>
    public bool IsFrozen { get; }

    /// <summary>Of a parameter of an adapter of LoRA, what it says of that; else null.</summary>
    public LoraLayout? Lora { get; }

    /// <summary>Of packed weights, how they are packed; else null.</summary>
    public PackedLayout? Packed { get; }
}
