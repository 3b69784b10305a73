namespace GraphCompiler;

/// <summary>How a compiled model runs. Nothing here changes a result.</summary>
public sealed class ModelOptions
{
    readonly int threads;
    readonly int keptArenas = Environment.ProcessorCount;

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

    /// <summary>
    /// How many working memories of each method stay for later calls when fewer run; one for every core by default. Every call that runs
    /// at the same time as others has one of its own. Those that a burst of calls needed beyond this number are freed within two seconds
    /// of it, and nothing is allocated while as many calls run at once as did a second ago.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int KeptArenas
    {
        get => keptArenas;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            keptArenas = value;
        }
    }

    /// <summary>Whether every call refuses inputs that hold NaN or an infinity. Off by default: it reads each input once more.</summary>
    public bool CheckInputs { get; init; }
}
