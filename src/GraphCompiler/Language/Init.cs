namespace GraphCompiler;

/// <summary>How a parameter gets its first values: one of <see cref="Init"/>.</summary>
public sealed class Initializer
{
    internal static Initializer ReadByCompiler { get; } = new();

    Initializer() { }
}

/// <summary>Which side of a weight decides its scale in Kaiming initialisation.</summary>
public enum FanMode
{
    /// <summary>The number of inputs of one output: keeps the variance of the forward pass.</summary>
    In,

    /// <summary>The number of outputs of one input: keeps the variance of the backward pass.</summary>
    Out,
}

/// <summary>
/// Initialisers. Random ones draw from a counter-based generator keyed by the model's seed and the parameter's place,
/// so the same seed gives the same bits on every machine.
/// </summary>
/// <remarks>
/// For a weight of shape [out, in, rest...] the fans are those of PyTorch's <c>torch.nn.init</c>:
/// fan-in = in · product(rest), fan-out = out · product(rest).
/// </remarks>
public static class Init
{
    /// <summary>All zeros.</summary>
    public static Initializer Zeros => Initializer.ReadByCompiler;

    /// <summary>All ones.</summary>
    public static Initializer Ones => Initializer.ReadByCompiler;

    /// <summary>One value everywhere.</summary>
    /// <param name="value">The value.</param>
    public static Initializer Constant(double value) => Read(value);

    /// <summary>Independent normal values.</summary>
    /// <param name="mean">The mean.</param>
    /// <param name="standardDeviation">The standard deviation, at least 0.</param>
    public static Initializer Normal(double mean = 0, double standardDeviation = 1) => Read(mean, standardDeviation);

    /// <summary>Independent uniform values in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    /// <param name="low">The lower end.</param>
    /// <param name="high">The upper end.</param>
    public static Initializer Uniform(double low = 0, double high = 1) => Read(low, high);

    /// <summary>
    /// Uniform in ±gain · √(6 / (fan-in + fan-out)). Glorot and Bengio 2010; PyTorch's <c>xavier_uniform_</c>.
    /// </summary>
    /// <param name="gain">A factor for the activation that follows, 1 for none.</param>
    public static Initializer XavierUniform(double gain = 1) => Read(gain);

    /// <summary>
    /// Normal with deviation gain · √(2 / (fan-in + fan-out)). Glorot and Bengio 2010; PyTorch's <c>xavier_normal_</c>.
    /// </summary>
    /// <param name="gain">A factor for the activation that follows, 1 for none.</param>
    public static Initializer XavierNormal(double gain = 1) => Read(gain);

    /// <summary>
    /// Uniform in ±√(6 / ((1 + a²) · fan)). He et al. 2015; PyTorch's <c>kaiming_uniform_</c>.
    /// </summary>
    /// <param name="a">The negative slope of the leaky ReLU that follows: 0 for ReLU. √5 gives ±1/√fan.</param>
    /// <param name="mode">Which fan decides.</param>
    public static Initializer KaimingUniform(double a = 0, FanMode mode = FanMode.In) => Read(a, mode);

    /// <summary>
    /// Normal with deviation √(2 / ((1 + a²) · fan)). He et al. 2015; PyTorch's <c>kaiming_normal_</c>.
    /// </summary>
    /// <param name="a">The negative slope of the leaky ReLU that follows: 0 for ReLU.</param>
    /// <param name="mode">Which fan decides.</param>
    public static Initializer KaimingNormal(double a = 0, FanMode mode = FanMode.In) => Read(a, mode);

    /// <summary>The values of another initialiser, but for one row of zeros, as of a token that pads.</summary>
    /// <param name="others">What the other rows get.</param>
    /// <param name="row">The row, along the first axis, from 0.</param>
    public static Initializer ZeroRow(Initializer others, int row) => Read(others, row);

    // Module constructors also run in the real program, where the generated code has already decided every value.
    static Initializer Read(params ReadOnlySpan<object> arguments)
    {
        _ = arguments;
        return Initializer.ReadByCompiler;
    }
}
