using System.Text.Json;

namespace GraphCompiler.EndToEnd.Tests.Support;

/// <summary>What a file says of its tensors.</summary>
static class SafetensorsTypes
{
    /// <summary>The names of the tensors and of their types.</summary>
    public static IReadOnlyList<(string Name, string Type)> In(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        using var header = JsonDocument.Parse(file.AsMemory(8, BitConverter.ToInt32(file)));
        var tensors = header.RootElement.EnumerateObject().Where(tensor => tensor.Name != "__metadata__");
        return [.. tensors.Select(tensor => (tensor.Name, tensor.Value.GetProperty("dtype").GetString()!))];
    }
}
