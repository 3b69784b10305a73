using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Packs weights in 8 or 4 bits (<see cref="Op.QuantizedMatMul"/>, <see cref="Op.QuantizedGather"/>), in the methods of a model that asks for it.
/// <list type="number">
/// <item>A parameter can be packed if all methods use it as the right factor of matrix products, always the same way round, or look its rows up;
/// transposes and leading axes of size 1 in between do not matter. Adapters of LoRA stay as they are.</item>
/// <item>Which are: those that the user names have the format that the user gives. Of the others stay Float32 tables that are only looked up, small
/// matrices, whose memory counts for nothing, and what takes no less memory packed. A model of Int4 keeps 8 bits for tables that are looked up and
/// multiplied, and for heads: weights between whose products and a result there is no other product, attention, lookup or norm.</item>
/// <item>Every use becomes one of the bytes: a product of rows, and a lookup that unpacks.</item>
/// </list>
/// It comes first, on the graph as the user wrote it, so that all methods of a model agree; whatever follows sees parameters of bytes.
/// </summary>
internal static class WeightQuantization
{
    /// <summary>Matrices of fewer numbers are not packed unless the user says so.</summary>
    const long FewestNumbers = 1024;

    /// <summary>The parameters that are packed, by name.</summary>
    public static IReadOnlyDictionary<string, PackedWeights> Choose(Model model)
    {
        var packed = new Dictionary<string, PackedWeights>();
        if (model.Weights == WeightFormat.Float32 && model.Parameters.All(p => p.Weights is null))
            return packed;
        var uses = UsesOf(model);
        foreach (var parameter in model.Parameters)
        {
            if (uses.TryGetValue(parameter.Name, out var use) && use.CanBePacked && parameter.Lora is null
                && FormatOf(model, parameter, use) is not WeightFormat.Float32 and var format)
            {
                packed[parameter.Name] = use.Packed(parameter, format);
            }
        }
        return packed;
    }

    /// <summary>The parameters for which the user gives a format that they cannot have.</summary>
    public static IEnumerable<ModelParameter> Refused(Model model)
    {
        var packed = Choose(model);
        return model.Parameters.Where(p => p.Weights is not (null or WeightFormat.Float32) && !packed.ContainsKey(p.Name));
    }

    static WeightFormat FormatOf(Model model, ModelParameter parameter, Use use)
    {
        if (parameter.Weights is { } given)
            return given;
        if (!use.IsMultiplied || use.Elements(parameter) < FewestNumbers)
            return WeightFormat.Float32;
        var format = model.Weights == WeightFormat.Int4 && (use.IsLookedUp || use.IsHead) ? WeightFormat.Int8 : model.Weights;
        bool savesMemory = format != WeightFormat.Float32 && use.Packed(parameter, format).Bytes < ElementType.Float32.BytesOf(use.Elements(parameter));
        return savesMemory ? format : WeightFormat.Float32;
    }

    /// <summary>How all methods use a parameter.</summary>
    sealed class Use
    {
        public bool IsMultiplied { get; set; }

        public bool IsLookedUp { get; set; }

        public bool IsHead { get; set; }

        /// <summary>Whether a use is none of these.</summary>
        public bool IsOther { get; set; }

        /// <summary>Whether it is multiplied as [inputs, outputs], and as [outputs, inputs].</summary>
        public bool HasInputsFirst { get; set; }

        /// <inheritdoc cref="HasInputsFirst"/>
        public bool HasOutputsFirst { get; set; }

        public bool CanBePacked => !IsOther && !(HasInputsFirst && HasOutputsFirst);

        public long Elements(ModelParameter parameter) => (long)parameter.Shape[0] * parameter.Shape[1];

        public PackedWeights Packed(ModelParameter parameter, WeightFormat format)
        {
            int outputs = parameter.Shape[HasInputsFirst ? 1 : 0], inputs = parameter.Shape[HasInputsFirst ? 0 : 1];
            long bytes = format == WeightFormat.Int8 ? QuantizationContract.Int8Bytes(outputs, inputs) : QuantizationContract.Int4Bytes(outputs, inputs);
            return new(format, outputs, inputs, HasInputsFirst, bytes);
        }
    }

    static Dictionary<string, Use> UsesOf(Model model)
    {
        var uses = new Dictionary<string, Use>();
        foreach (var graph in model.Methods.Select(m => m.Graph))
        {
            var users = UsersOf(graph);
            var outputs = new HashSet<Node>(graph.Outputs.Select(o => o.Node));
            foreach (var parameter in graph.Nodes.Where(n => n.Op == Op.Parameter))
            {
                if (!uses.TryGetValue(parameter.Name, out var use))
                    uses[parameter.Name] = use = new Use();
                use.IsOther |= parameter.Type != ElementType.Float32 || parameter.Shape.Rank != 2
                    || parameter.Shape.Any(d => !d.IsConstant || d.Value > QuantizationContract.LargestDepth);
                Find(parameter, false, use, users, outputs);
            }
        }
        return uses;
    }

    static ILookup<Node, Node> UsersOf(Graph graph) => graph.LiveNodes()
        .SelectMany(n => n.Inputs.Distinct().Select(i => (Input: i, User: n)))
        .ToLookup(u => u.Input, u => u.User);

    /// <summary>Finds out what becomes of a parameter, from where it, or its transpose, is read as a matrix.</summary>
    static void Find(Node matrix, bool isTransposed, Use use, ILookup<Node, Node> users, HashSet<Node> outputs)
    {
        use.IsOther |= outputs.Contains(matrix);
        foreach (var user in users[matrix])
        {
            if (IsTranspose(user))
            {
                Find(user, !isTransposed, use, users, outputs);
            }
            else if (AddsAxes(user))
            {
                Find(user, isTransposed, use, users, outputs);
            }
            else if (user.Op == Op.MatMul && user.Inputs[1] == matrix && user.Inputs[0] != matrix && !user.TransposesLeft)
            {
                bool hasInputsFirst = isTransposed == user.TransposesRight;
                use.IsMultiplied = true;
                use.HasInputsFirst |= hasInputsFirst;
                use.HasOutputsFirst |= !hasInputsFirst;
                use.IsHead |= ReachesResult(user, users, outputs);
            }
            else if (user.Op == Op.Gather && user.Inputs[0] == matrix && matrix.Op == Op.Parameter)
            {
                use.IsLookedUp = use.HasOutputsFirst = true;
            }
            else
            {
                use.IsOther = true;
            }
        }
    }

    static bool IsTranspose(Node node) => node.Op == Op.Permute && node.Order.SequenceEqual(
        [.. Enumerable.Range(0, node.Shape.Rank - 2), node.Shape.Rank - 1, node.Shape.Rank - 2]);

    /// <summary>Whether a node has a matrix as it is, but for leading axes of size 1.</summary>
    static bool AddsAxes(Node node) => node.Op == Op.Reshape && node.Shape.Rank >= 2 && node.Inputs[0].Shape.Rank >= 2
        && node.Shape.Product(0, node.Shape.Rank - 2).IsOne && node.Shape.Last == node.Inputs[0].Shape.Last;

    static bool ReachesResult(Node product, ILookup<Node, Node> users, HashSet<Node> outputs)
    {
        var seen = new HashSet<Node>();
        var open = new Stack<Node>([product]);
        while (open.Count > 0)
        {
            var node = open.Pop();
            if (outputs.Contains(node))
                return true;
            foreach (var user in users[node].Where(u => !IsAnotherStage(u) && seen.Add(u)))
                open.Push(user);
        }
        return false;
    }

    static bool IsAnotherStage(Node node) => node.Kind is OpKind.MatMul or OpKind.Template or OpKind.Indexing or OpKind.Update
        || node.Op is Op.LayerNorm or Op.RmsNorm;

    /// <summary>The graph with packed weights.</summary>
    public static Graph Run(Graph source, IReadOnlyDictionary<string, PackedWeights> packed, CancellationToken cancellation = default)
    {
        if (packed.Count == 0)
            return source;
        return Rewriting.Rebuild(
            source,
            (target, node, inputs) => node.Op switch
            {
                Op.Parameter when packed.TryGetValue(node.Name, out var weights) => target.PackedParameter(node.Name, weights),
                Op.Permute or Op.Reshape when Find(node, packed) is not null => inputs[0],
                Op.MatMul when Find(node.Inputs[1], packed) is { } weights => Multiply(target, node, inputs, weights),
                Op.Gather when Find(node.Inputs[0], packed) is { } table => target.QuantizedGather(inputs[0], inputs[1], table),
                _ => target.Rebuild(node, inputs),
            },
            cancellation);
    }

    static Node Multiply(Graph target, Node product, IReadOnlyList<Node> inputs, PackedWeights weights) =>
        target.Reshape(target.QuantizedMatMul(target.RowsOf(inputs[0]), inputs[1], weights), product.Shape);

    /// <summary>The packed weights that a node is a view of; null where it is none.</summary>
    static PackedWeights? Find(Node node, IReadOnlyDictionary<string, PackedWeights> packed)
    {
        while (IsTranspose(node) || AddsAxes(node))
            node = node.Inputs[0];
        return node.Op == Op.Parameter && packed.TryGetValue(node.Name, out var weights) ? weights : null;
    }
}
