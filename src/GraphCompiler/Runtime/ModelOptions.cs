namespace GraphCompiler;

/// <summary>How a compiled model runs. Nothing here changes a result.</summary>
public sealed class ModelOptions
{
    readonly int threads;

    /// <summary>How many threads run a program together; 0, the default, is one for every core. Results do not depend on it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Threads
    {
        get => threads;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            threads = value;
        }
    }

    /// <summary>Whether every call refuses inputs that hold NaN or an infinity. Off by default: it reads each input once more.</summary>
    public bool CheckInputs { get; init; }
}
