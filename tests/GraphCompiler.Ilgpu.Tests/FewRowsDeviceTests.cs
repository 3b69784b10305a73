namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Layers of either layout of weights, of few rows or of many.</summary>
[Module]
public sealed class Layers
{
    public const int Width = 68, Most = 40;

    readonly Linear expand = new(Width, 2 * Width);
    readonly TransposedLinear project = new(2 * Width, Width, weightInitializer: Init.Normal(0, 0.2));

    public Tensor Forward(Tensor x) => x + project.Forward(Ops.Gelu(expand.Forward(x)));
}

/// <summary>In floats; the number of rows is known when it runs, or is one.</summary>
[Graph, Dim("rows", Max = Layers.Most)]
public sealed partial class LayersOfFloats
{
    readonly Layers layers = new();

    public Tensor Forward([Shape("rows", Layers.Width)] Tensor x) => layers.Forward(x);

    public Tensor One([Shape(1, Layers.Width)] Tensor x) => layers.Forward(x);
}

/// <summary>In bfloat16.</summary>
[Graph(MatMulPrecision = MatMulPrecision.BFloat16), Dim("rows", Max = Layers.Most)]
public sealed partial class LayersOfBFloat16
{
    readonly Layers layers = new();

    public Tensor Forward([Shape("rows", Layers.Width)] Tensor x) => layers.Forward(x);

    public Tensor One([Shape(1, Layers.Width)] Tensor x) => layers.Forward(x);
}

/// <summary>Products of few rows have kernels of their own, which the host chooses when it knows how many there are.</summary>
public class FewRowsDeviceTests
{
    delegate void Method(ReadOnlySpan<float> x, Span<float> result);

    static void Same(Method expected, Method actual, int rows, double tolerance)
    {
        var random = new Random(rows);
        float[] x = [.. Enumerable.Range(0, rows * Layers.Width).Select(_ => random.NextSingle() * 2 - 1)];
        float[] onCpu = new float[x.Length], onDevice = new float[x.Length];
        expected(x, onCpu);
        actual(x, onDevice);
        for (int i = 0; i < x.Length; i++)
            Assert.Equal(onCpu[i], onDevice[i], tolerance);
    }

    [Fact]
    public void Few_rows_and_many_give_what_the_cpu_gives()
    {
        using var device = DeviceUnderTest.Open();
        using var cpu = new LayersOfFloats(seed: 3);
        using var model = new LayersOfFloats(seed: 3, device);
        Same(cpu.One, model.One, 1, 1e-5);
        foreach (int rows in DeviceUnderTest.IsSlow ? [3] : new[] { 1, 3, 8, 9, Layers.Most })
            Same(cpu.Forward, model.Forward, rows, 1e-5);
    }

    [Fact]
    public void So_they_do_with_rounded_operands()
    {
        using var device = DeviceUnderTest.Open();
        using var cpu = new LayersOfBFloat16(seed: 3);
        using var model = new LayersOfBFloat16(seed: 3, device);
        // A sum that lies between two numbers of the format may be rounded to either.
        Same(cpu.One, model.One, 1, 4e-3);
        foreach (int rows in DeviceUnderTest.IsSlow ? [3] : new[] { 1, 8, Layers.Most })
            Same(cpu.Forward, model.Forward, rows, 4e-3);
    }
}
