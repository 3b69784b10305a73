using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Keys and values of a session in 16 and 8 bits: what they take, and how far the logits are from those of floats.</summary>
public sealed class CacheFormatTests : IDisposable
{
    readonly Float32Cache floats = new(5);

    public void Dispose() => floats.Dispose();

    [Fact]
    public void Logits_are_those_of_floats_but_for_the_rounding()
    {
        using BFloat16Cache bfloat16 = new(5);
        using Float16Cache float16 = new(5);
        using Int8Cache int8 = new(5);
        using var expected = floats.CreateSession();
        using var ofBFloat16 = bfloat16.CreateSession();
        using var ofFloat16 = float16.CreateSession();
        using var ofInt8 = int8.CreateSession();
        int[] tokens = Numbers.Labels(FormatReader.Context, FormatReader.Vocabulary, 3);
        float[] logits = new float[FormatReader.Vocabulary], others = new float[FormatReader.Vocabulary];
        int position = 0;
        // A prompt, then token by token, then some at once.
        foreach (int part in new[] { 40, 1, 1, 1, 30, 1, 22 })
        {
            var ids = tokens.AsSpan(position, part);
            expected.Next(ids, position, logits);
            ofBFloat16.Next(ids, position, others);
            Differ(others, least: 1e-6, most: 4e-3, "BFloat16");
            ofFloat16.Next(ids, position, others);
            Differ(others, least: 1e-8, most: 5e-4, "Float16");
            ofInt8.Next(ids, position, others);
            Differ(others, least: 1e-6, most: 8e-3, "Int8");
            position += part;
        }

        void Differ(float[] found, double least, double most, string format)
        {
            double largest = logits.Max(Math.Abs), difference = logits.Zip(found).Max(pair => Math.Abs(pair.First - pair.Second)) / largest;
            Assert.True(difference >= least && difference <= most, $"{format} after {position} tokens: {difference:G3}");
        }
    }

    /// <summary>Of 96 positions: keys and values of 2 heads each in two layers, of 64 numbers; int8 has a float a head beside them.</summary>
    [Fact]
    public void They_take_a_half_and_a_quarter_of_the_memory()
    {
        using BFloat16Cache bfloat16 = new(5);
        using Float16Cache float16 = new(5);
        using Int8Cache int8 = new(5);
        const long numbers = 2 * 2 * 96 * 2 * 64;
        Assert.Equal(4 * numbers, floats.MemoryReport.SessionBytes);
        Assert.Equal(2 * numbers, bfloat16.MemoryReport.SessionBytes);
        Assert.Equal(2 * numbers, float16.MemoryReport.SessionBytes);
        Assert.Equal(numbers + numbers / 64 * sizeof(float), int8.MemoryReport.SessionBytes);
        Assert.Contains("state of the session (KV cache)", bfloat16.MemoryReport.ToTable(), StringComparison.Ordinal);
        // Attention reads 16 bits as they lie: nothing as large as a layer's keys is widened.
        Assert.InRange(bfloat16.MemoryReport.Methods[0].ArenaBytes, 0, floats.MemoryReport.Methods[0].ArenaBytes);
    }
}
