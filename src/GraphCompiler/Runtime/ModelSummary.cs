using System.Globalization;
using System.Text;
using GraphCompiler.Checkpoints;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>A tensor in a summary.</summary>
/// <param name="Name">Its name within the layer.</param>
/// <param name="Shape">The lengths of its axes.</param>
/// <param name="Type">The type of its elements, or how they are packed.</param>
/// <param name="Count">How many elements it has.</param>
/// <param name="Bytes">How many bytes they take.</param>
/// <param name="IsTrained">Whether training changes it: a parameter that is not frozen.</param>
/// <param name="IsState">Whether it is state, not a parameter.</param>
public sealed record TensorSummary(string Name, IReadOnlyList<int> Shape, string Type, long Count, long Bytes, bool IsTrained, bool IsState);

/// <summary>A layer in a summary: the tensors whose paths begin with its name.</summary>
/// <param name="Name">The path of the layer; empty for what the model itself declares.</param>
/// <param name="Tensors">Its tensors, parameters first.</param>
public sealed record LayerSummary(string Name, IReadOnlyList<TensorSummary> Tensors)
{
    /// <summary>How many numbers its parameters have.</summary>
    public long ParameterCount => Tensors.Where(tensor => !tensor.IsState).Sum(tensor => tensor.Count);

    /// <summary>How many of them are trained.</summary>
    public long TrainedCount => Tensors.Where(tensor => tensor.IsTrained).Sum(tensor => tensor.Count);

    /// <summary>The bytes of its parameters and its state.</summary>
    public long Bytes => Tensors.Sum(tensor => tensor.Bytes);
}

/// <summary>A model's layers with the shapes, the numbers and the bytes of what they own, and the memory of its methods; <see cref="ToString"/> is the table.</summary>
public sealed class ModelSummary
{
    readonly string model;
    readonly MemoryReport memory;

    internal ModelSummary(GraphModel model, int? depth)
    {
        this.model = model.GetType().Name;
        memory = model.MemoryReport;
        var tensors = model.ModelLayout.Parameters.Select(parameter => (Layout: parameter, IsState: false))
            .Concat(model.StateLayout.Parameters.Select(state => (Layout: state, IsState: true)));
        Layers =
        [
            .. tensors.GroupBy(tensor => LayerOf(tensor.Layout.Name, depth), tensor => tensor, StringComparer.Ordinal)
                .Select(layer => new LayerSummary(layer.Key, [.. layer.Select(tensor => Describe(layer.Key, tensor.Layout, tensor.IsState))])),
        ];
    }

    /// <summary>The layers, in the order in which the model declares their first tensors.</summary>
    public IReadOnlyList<LayerSummary> Layers { get; }

    /// <summary>How many numbers the parameters have.</summary>
    public long ParameterCount => Layers.Sum(layer => layer.ParameterCount);

    /// <summary>How many of them are trained.</summary>
    public long TrainedCount => Layers.Sum(layer => layer.TrainedCount);

    /// <summary>The table: a line for each tensor under its layer, then the sums, then the memory of each method.</summary>
    public override string ToString()
    {
        List<string[]> rows = [["layer", "tensor", "type", "numbers", "bytes"]];
        foreach (LayerSummary layer in Layers)
        {
            string name = layer.Name.Length == 0 ? model : layer.Name;
            foreach (TensorSummary tensor in layer.Tensors)
            {
                rows.Add([name, $"{tensor.Name} [{string.Join(", ", tensor.Shape)}]{Kind(tensor)}", tensor.Type, Number(tensor.Count), Number(tensor.Bytes)]);
                name = "";
            }
        }
        var text = new StringBuilder();
        Append(text, rows);
        text.Append(CultureInfo.InvariantCulture, $"{model}: {ParameterCount:N0} parameters, of which {TrainedCount:N0} are trained\n\n");
        return text.Append(memory).ToString();
    }

    /// <summary>What a tensor's path says before its last dot, no longer than so many names.</summary>
    static string LayerOf(string path, int? depth)
    {
        string[] names = path.Split('.');
        return string.Join('.', names.Take(Math.Min(names.Length - 1, depth ?? int.MaxValue)));
    }

    static TensorSummary Describe(string layer, ParameterLayout layout, bool isState) => new(
        layer.Length == 0 ? layout.Name : layout.Name[(layer.Length + 1)..], layout.Shape, layout.Packed?.Format.ToString() ?? layout.DataType.Name(), layout.Count, layout.Bytes,
        !isState && !layout.IsFrozen, isState);

    static string Kind(TensorSummary tensor) => tensor switch
    {
        { IsState: true } => ", state",
        { IsTrained: false } => ", frozen",
        _ => "",
    };

    static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Names to the left, numbers to the right, each column as wide as its widest.</summary>
    static void Append(StringBuilder text, List<string[]> rows)
    {
        const int firstNumber = 3;
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
            text.AppendJoin("  ", row.Select((cell, column) => column < firstNumber ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).Append('\n');
    }
}
