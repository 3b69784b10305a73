namespace GraphCompiler;

/// <summary>How <see cref="GraphModel.Save"/> writes a file.</summary>
public sealed record SaveOptions
{
    /// <summary>
    /// The parameters' element type in the file: <see cref="SafetensorsDataType.F32"/>, or <see cref="SafetensorsDataType.F16"/> or
    /// <see cref="SafetensorsDataType.BF16"/>, which take half the bytes and keep 11 or 8 bits of each number, to the nearest and ties to even.
    /// State, running means and variances say, is always F32.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is another type.</exception>
    public SafetensorsDataType DataType
    {
        get;
        init => field = value is SafetensorsDataType.F32 or SafetensorsDataType.F16 or SafetensorsDataType.BF16
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Parameters are saved as F32, F16 or BF16.");
    } = SafetensorsDataType.F32;

    /// <summary>What the file puts before the model's names.</summary>
    public string Prefix { get; init; } = "";
}
