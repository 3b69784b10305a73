namespace GraphCompiler.Runtime;

/// <summary>Blocks whose values live elsewhere, on a device, while the host's memory follows on demand.</summary>
internal interface IRemoteBlocks
{
    /// <summary>Brings the host's memory up to date; called before it is read.</summary>
    void Fetch();

    /// <summary>Says that the host's memory may have been written: it is sent before the next run.</summary>
    void HostChanged();
}

/// <summary>An optimizer that runs elsewhere.</summary>
internal interface IRemoteUpdate : IRemoteBlocks, IDisposable
{
    /// <summary>Works out the coefficients of an update, numbered from 1.</summary>
    void Prepare(double learningRate, long number);

    /// <summary>Adds the last run's gradients to the sum and updates, each if asked for.</summary>
    /// <returns>The norm of the mean gradient where it is clipped; if it is not finite, nothing was updated. Otherwise NaN.</returns>
    double Take(bool startsSum, bool updates);
}
