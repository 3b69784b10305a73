namespace GraphCompiler.Runtime;

/// <summary>How the first values of a parameter are drawn.</summary>
public enum InitializationKind
{
    /// <summary>Every value is <see cref="Initialization.First"/>.</summary>
    Constant,

    /// <summary>Normal with mean <see cref="Initialization.First"/> and standard deviation <see cref="Initialization.Second"/>.</summary>
    Normal,

    /// <summary>Uniform from <see cref="Initialization.First"/> to <see cref="Initialization.Second"/>.</summary>
    Uniform,
}

/// <summary>The distribution of a parameter's first values.</summary>
/// <param name="Kind">The family of distributions.</param>
/// <param name="First">The value, the mean, or the lower bound.</param>
/// <param name="Second">Unused, the standard deviation, or the upper bound.</param>
/// <param name="ZeroRow">The row of zeros, along the first axis; −1 for none.</param>
public readonly record struct Initialization(InitializationKind Kind, double First, double Second = 0, int ZeroRow = -1);
