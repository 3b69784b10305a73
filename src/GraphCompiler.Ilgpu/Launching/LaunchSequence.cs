using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu.Launching;

/// <summary>
/// Launches that are the same at every run with the same sizes. Sizes that come again are recorded as a graph, if the device can, and
/// replayed from then on; the first run is an ordinary one, because it also loads what it launches. The least recently used graph makes
/// room for a new one.
/// </summary>
/// <param name="device">The device.</param>
/// <param name="launches">Makes the launches on a stream.</param>
sealed class LaunchSequence(IlgpuDevice device, Action<AcceleratorStream> launches) : IDisposable
{
    const int MostRemembered = 16;

    readonly List<Form> forms = [];
    long runs;

    /// <summary>Queues the launches for some sizes.</summary>
    public void Run(ReadOnlySpan<int> sizes)
    {
        runs++;
        var form = FormOf(sizes);
        if (form.LastRun > 0)
            form.Graph ??= device.Capture(launches);
        form.LastRun = runs;
        if (form.Graph is { } graph)
            graph.Launch();
        else
            launches(device.Stream);
    }

    Form FormOf(ReadOnlySpan<int> sizes)
    {
        Form? oldest = null;
        foreach (var form in forms)
        {
            if (sizes.SequenceEqual(form.Sizes))
                return form;
            if (oldest is null || form.LastRun < oldest.LastRun)
                oldest = form;
        }
        if (forms.Count == MostRemembered)
        {
            oldest!.Graph?.Dispose();
            forms.Remove(oldest);
        }
        var added = new Form(sizes.ToArray());
        forms.Add(added);
        return added;
    }

    public void Dispose()
    {
        foreach (var form in forms)
            form.Graph?.Dispose();
        forms.Clear();
    }

    sealed class Form(int[] sizes)
    {
        public int[] Sizes { get; } = sizes;

        public long LastRun { get; set; }

        public LaunchGraph? Graph { get; set; }
    }
}
