using System.Runtime.InteropServices;
using GraphCompiler.Kernels.Ilgpu;
using GraphCompiler.Runtime;
using ILGPU;

namespace GraphCompiler.Ilgpu;

/// <summary>
/// The parts of parameters that groups add up, in device memory: those of one parameter follow one another, and those of parameters that are clipped
/// together do. Behind the parts lie, for those that have sums, the first of their parts and the one behind their last: each of the settings, then all if
/// there are several, then each parameter.
/// </summary>
sealed class ParameterParts : IDisposable
{
    /// <summary>So many numbers give a group enough to do, and more than so many parts their sums too much.</summary>
    const int SmallestPart = 4096, MostParts = 1024;

    readonly DeviceBlock memory;
    readonly int parts, sets, parameters;

    public ParameterParts(IlgpuDevice device, ModelLayout layout, UpdateSettings[] settings, int[] ofParameters)
    {
        const int aligned = ModelLayout.Alignment / sizeof(float);
        int size = (int)Math.Max(SmallestPart, layout.TotalFloats / MostParts / aligned * aligned);
        var bounds = new List<int>();
        var ofClipped = new Dictionary<int, (int First, int End)>();
        var ranges = new (int First, int End)[ofParameters.Length];
        foreach (int index in Enumerable.Range(0, ofParameters.Length).OrderBy(index => settings[ofParameters[index]].ClippedWith))
        {
            var place = layout.Parameters[index];
            int first = bounds.Count / 2, clippedWith = settings[ofParameters[index]].ClippedWith;
            for (long start = 0; start < place.Count; start += size)
                bounds.AddRange([(int)(place.OffsetInFloats + start), (int)(place.OffsetInFloats + Math.Min(start + size, place.Count))]);
            ranges[index] = (first, bounds.Count / 2);
            ofClipped[clippedWith] = (ofClipped.TryGetValue(clippedWith, out var known) ? known.First : first, bounds.Count / 2);
        }
        (parts, sets, parameters) = (bounds.Count / 2, settings.Length == 1 ? 1 : settings.Length + 1, ranges.Length);
        var all = settings.Select(each => ofClipped[each.ClippedWith]).Concat(settings.Length == 1 ? [] : [(0, parts)]).Concat(ranges);
        int[] numbers = [.. bounds, .. all.SelectMany(range => new[] { range.First, range.End })];
        memory = device.Allocate((long)numbers.Length * sizeof(int), "The parts of parameters");
        try
        {
            memory.Write(0, MemoryMarshal.Cast<int, float>(numbers));
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => parts;

    /// <summary>How many sets have sums: the settings, and all where there are several.</summary>
    public int Sets => sets;

    /// <summary>How many parameters there are.</summary>
    public int Parameters => parameters;

    /// <summary>Where they begin and end.</summary>
    public ArrayView<int> Bounds => memory.Part(0, 2 * parts).Cast<int>();

    /// <summary>The parts of the sets.</summary>
    public ArrayView<int> OfSets => memory.Part(2 * parts, 2 * sets).Cast<int>();

    /// <summary>The parts of the parameters.</summary>
    public ArrayView<int> OfParameters => memory.Part(2 * (parts + sets), 2 * parameters).Cast<int>();

    public void Dispose() => memory.Dispose();
}
