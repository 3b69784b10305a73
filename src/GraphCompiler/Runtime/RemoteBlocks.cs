namespace GraphCompiler.Runtime;

/// <summary>Blocks whose values live elsewhere, on a device, while the host's memory follows on demand.</summary>
internal interface IRemoteBlocks
{
    /// <summary>Brings the host's memory up to date; called before it is read.</summary>
    void Fetch();

    /// <summary>Says that the host's memory may have been written: it is sent before the next run.</summary>
    void HostChanged();
}

/// <summary>
/// An optimizer that runs elsewhere, where the norm of an update becomes known later than the update is asked for. An update
/// whose norm is not finite does not happen and does not count, so the coefficients of the next one are worked out for every number
/// that it may turn out to have.
/// </summary>
internal interface IRemoteUpdate : IRemoteBlocks, IDisposable
{
    /// <summary>The most updates that may be open at once when another one is prepared.</summary>
    int MostOpen { get; }

    /// <summary>How many updates were asked for whose norms were not taken back yet.</summary>
    int Open { get; }

    /// <summary>Gives the coefficients of the next update, with this factor on all rates, for the case that so many of the open ones do not happen.</summary>
    void Prepare(int skipped, double factor, long number);

    /// <summary>Keeps the model's state as it is before the first step of an update.</summary>
    void KeepState();

    /// <summary>Adds the last run's gradients, times their weight, to the sum, if there is one.</summary>
    void Add(bool startsSum, float weight);

    /// <summary>Updates with the last run's gradients, or with their sum times what makes it a mean.</summary>
    void Update(float mean);

    /// <summary>Waits for the oldest open update. If the norm of its mean gradient is not finite, nothing was updated, and the state is the one that was kept.</summary>
    double NextNorm();
}
