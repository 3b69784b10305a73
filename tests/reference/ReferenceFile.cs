using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace GraphCompiler.Tests.Reference;

/// <summary>
/// The numbers that PyTorch computed for a model; README.md beside this file says what they are. A reader of its own, so
/// that no test of the library leans on the library to read what it is compared with.
/// </summary>
sealed class ReferenceFile
{
    readonly Dictionary<string, (int[] Shape, float[] Elements)> tensors = [];
    readonly Dictionary<string, string> metadata = [];

    /// <summary>Reads a file by its name without extension; the project copies the files beside the tests.</summary>
    public ReferenceFile(string name)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "reference", name + ".safetensors"));
        int headerLength = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        foreach (JsonProperty entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                foreach (JsonProperty item in entry.Value.EnumerateObject())
                    metadata.Add(item.Name, item.Value.GetString()!);
                continue;
            }

            int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt32())];
            JsonElement offsets = entry.Value.GetProperty("data_offsets");
            int begin = offsets[0].GetInt32(), end = offsets[1].GetInt32();
            Span<byte> data = bytes.AsSpan(8 + headerLength)[begin..end];
            tensors.Add(entry.Name, (shape, MemoryMarshal.Cast<byte, float>(data).ToArray()));
        }
    }

    /// <summary>How many steps of the optimizer are recorded.</summary>
    public int Steps => tensors["losses"].Elements.Length;

    /// <summary>The names after a prefix: the parameters of <c>parameters/</c>, the inputs of <c>inputs/</c>.</summary>
    public IEnumerable<string> Names(string prefix) =>
        tensors.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key[prefix.Length..]);

    /// <summary>One row of a tensor: its value at a step.</summary>
    public float[] Row(string name, int step)
    {
        (int[] shape, float[] elements) = tensors[name];
        int size = elements.Length / shape[0];
        return elements[(step * size)..((step + 1) * size)];
    }

    /// <summary>A row of whole numbers: labels, token ids.</summary>
    public int[] Integers(string name, int step) => [.. Row(name, step).Select(value => (int)value)];

    /// <summary>The loss before a step.</summary>
    public float Loss(int step) => tensors["losses"].Elements[step];

    /// <summary>A number of the optimizer's settings.</summary>
    public double Setting(string name) =>
        double.Parse(metadata[name], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether all parameters decay, or matrices only.</summary>
    public bool AllDecay => metadata["decays"] == "all";
}
