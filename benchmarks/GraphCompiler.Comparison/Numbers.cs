using GraphCompiler.Kernels;

namespace GraphCompiler.Comparison;

/// <summary>
/// Arrays of inputs and results. They lie outside the managed heap on whole cache lines, as PyTorch's do; a generated
/// method takes any span and copies nothing.
/// </summary>
internal sealed class Numbers(int count) : IDisposable
{
    readonly AlignedMemory memory = new((long)count * sizeof(float));

    public unsafe Span<float> Floats => new(memory.Pointer, count);

    public unsafe Span<int> Integers => new(memory.Pointer, count);

    public static Numbers Uniform(int count, Random random)
    {
        var numbers = new Numbers(count);
        foreach (ref float number in numbers.Floats)
            number = random.NextSingle();
        return numbers;
    }

    /// <summary>Standard normal, by the Box-Muller transform.</summary>
    public static Numbers Normal(int count, Random random)
    {
        var numbers = new Numbers(count);
        foreach (ref float number in numbers.Floats)
            number = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble()));
        return numbers;
    }

    public static Numbers Labels(int count, int classes, Random random)
    {
        var numbers = new Numbers(count);
        foreach (ref int label in numbers.Integers)
            label = random.Next(classes);
        return numbers;
    }

    public void Dispose() => memory.Dispose();
}
