namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Keys and values of a session in 16 and 8 bits on the device under test, as on the CPU.</summary>
public class CacheFormatDeviceTests
{
    [Fact]
    public void Decoding_agrees_with_the_cpu()
    {
        // Attention on tensor cores multiplies rows that are stored nowhere.
        using var device = DeviceUnderTest.Open(checksUnwritten: false);
        using var onDevice = new NarrowCaches(seed: 3, device);
        using var onCpu = new NarrowCaches(seed: 3);
        using var session = onDevice.CreateSession();
        using var expected = onCpu.CreateSession();
        var random = new Random(1);
        int position = 0;
        foreach (int part in new[] { 5, 1 })
        {
            float[] x = [.. Enumerable.Range(0, part * NarrowCaches.Width).Select(_ => random.NextSingle() * 2 - 1)];
            float[] actual = new float[x.Length], wanted = new float[x.Length];
            session.Next(x, position, actual);
            expected.Next(x, position, wanted);
            // What lies between two numbers of a format may be rounded either way.
            Assert.All(wanted.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 0.01f));
            Assert.NotEqual(0, wanted.Max(Math.Abs));
            position += part;
        }
    }
}

/// <summary>A layer of attention that keeps its keys and values in bfloat16, and one that does in 8 bits.</summary>
[Graph]
[Dim("time", Max = Context)]
public sealed partial class NarrowCaches
{
    public const int Context = 12, Width = 16;

    readonly CausalSelfAttention first = new(Width, heads: 2, context: Context, cacheFormat: CacheFormat.BFloat16);
    readonly CausalSelfAttention second = new(Width, heads: 2, context: Context, cacheFormat: CacheFormat.Int8);

    public Tensor Next([Shape("time", Width)] Tensor x, [Shape] Tensor<int> position)
    {
        x += first.Decode(x, position);
        return x + second.Decode(x, position);
    }
}
