using System.Runtime.InteropServices;
using GraphCompiler.Kernels.Ilgpu;
using GraphCompiler.Runtime;
using ILGPU;

namespace GraphCompiler.Ilgpu;

/// <summary>
/// Clipping on a device: <see cref="GradientClipping"/> updates a block of a number for each of the settings, the scale of their gradients, and
/// one for all where there are several, whose norm is the gradients'. A number lies at each place where a parameter could begin.
/// </summary>
sealed class DeviceClipping : IDisposable
{
    const int Stride = UpdateArguments.ElementsOfSet;

    readonly DeviceBlock memory;
    readonly int sets, parts, sums, coefficients;

    /// <param name="device">The device.</param>
    /// <param name="parts">The parts of the parameters.</param>
    /// <param name="settings">The settings that they have.</param>
    /// <param name="gradients">What is clipped.</param>
    /// <param name="whole">A one.</param>
    public DeviceClipping(IlgpuDevice device, ParameterParts parts, UpdateSettings[] settings, ArrayView<float> gradients, ArrayView<float> whole)
    {
        ClippedSet[] clipped = ClippedSet.Of(settings, addsLargeApart: true);
        (sets, this.parts, sums, coefficients) = (parts.Sets, parts.Count, clipped[0].Sums, clipped[0].Coefficients.Length);
        // Scales, norms, the mean, and the formula's coefficients, numbers of sets, sums, and sums of parts.
        memory = device.Allocate(sizeof(float) * (2L * Stride * sets + Stride + sets * (coefficients + 1 + sums) + this.parts * sums), "The norm of the gradients");
        try
        {
            memory.Clear(0, memory.All.Length);
            memory.Write(Coefficients, [.. clipped.Take(sets).SelectMany(each => each.Coefficients.ToArray())]);
            memory.Write(Numbers, MemoryMarshal.Cast<int, float>(Enumerable.Range(0, sets).ToArray()));
        }
        catch
        {
            memory.Dispose();
            throw;
        }
        var numbers = memory.Part(Numbers, sets).Cast<int>();
        Summing = new UpdateArguments { Gradients = gradients, Scale = whole, Parts = parts.Bounds, PartSums = memory.Part(PartSums, this.parts * sums) };
        Sums = new SumArguments { PartSums = Summing.PartSums, Ranges = parts.OfSets, Sums = memory.Part(SumsOfSets, sets * sums), Count = sums };
        Clipping = new UpdateArguments
        {
            Parameters = Scale,
            First = Norm,
            Scale = Mean,
            Coefficients = memory.Part(Coefficients, sets * coefficients),
            Sets = numbers,
            Owners = numbers,
            Sums = Sums.Sums,
        };
    }

    /// <summary>What the kernel of the sums over parts gets.</summary>
    public UpdateArguments Summing { get; }

    /// <summary>How these become the sums over sets.</summary>
    public SumArguments Sums { get; }

    /// <summary>What the kernel gets that clips, once it was decided that there is an update.</summary>
    public UpdateArguments Clipping { get; }

    /// <summary>What to multiply the gradients of each of the settings with.</summary>
    public ArrayView<float> Scale => memory.Part(0, Stride * sets);

    /// <summary>The norms of the gradients of sets.</summary>
    public ArrayView<float> Norm => memory.Part(Stride * sets, Stride * sets);

    /// <summary>The norm of all gradients.</summary>
    public ArrayView<float> NormOfAll => Norm.SubView(Stride * (sets - 1), 1);

    /// <summary>What makes the sum of gradients a mean; NaN if there is no update.</summary>
    public ArrayView<float> Mean => memory.Part(2 * Stride * sets, 1);

    int Coefficients => 2 * Stride * sets + Stride;

    int Numbers => Coefficients + sets * coefficients;

    int SumsOfSets => Numbers + sets;

    int PartSums => SumsOfSets + sets * sums;

    public void Dispose() => memory.Dispose();
}
