using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Language;

/// <summary>A tensor whose axes have labels.</summary>
/// <param name="Node">The tensor.</param>
/// <param name="Labels">A label an axis, each once.</param>
internal sealed record LabelledTensor(Node Node, string[] Labels);

// Sums of products over labelled axes, made of diagonals, sums, matrix products and permutations.
internal static partial class Operations
{
    /// <summary>
    /// Each operand alone first: diagonals, and sums over axes that no other has. Then two become one, those whose product is the least
    /// work, until one is left, whose axes are put in order.
    /// </summary>
    static CallResult Einsum(LanguageCall call)
    {
        var nodes = call.Tensors("operands");
        var equation = new EinsumEquation(call, call.Text("equation"), nodes);
        var graph = call.Graph;
        var operands = nodes.Select((node, i) => WithoutBroadcast(graph, Diagonal(call, node, equation.Operands[i]), equation)).ToList();
        for (int i = 0; i < operands.Count; i++)
            operands[i] = SumOver(graph, operands[i], Others(operands, equation, i));
        while (operands.Count > 1)
        {
            var (first, second) = Cheapest(operands, equation);
            var kept = Others(operands, equation, first, second);
            var product = Contract(graph, operands[first], operands[second], kept, equation);
            operands.RemoveAt(second);
            operands[first] = product;
        }
        var result = operands[0];
        return graph.Permute(result.Node, [.. equation.Result.Select(label => Array.IndexOf(result.Labels, label))]);
    }

    /// <summary>Every (n + 1)-th of n·n elements, for each label that an operand has twice.</summary>
    static LabelledTensor Diagonal(LanguageCall call, Node x, string[] labels)
    {
        while (labels.GroupBy(label => label).FirstOrDefault(group => group.Count() > 1)?.Key is { } label)
        {
            int first = Array.IndexOf(labels, label), second = Array.IndexOf(labels, label, first + 1), rank = labels.Length;
            if (!x.Shape[first].IsConstant || x.Shape[first] != x.Shape[second])
                throw call.Fail(Fault.NotConstant, $"Einsum: '{label}' takes the diagonal of axes of {x.Shape[first]} and {x.Shape[second]}, which need one constant size", "equation");
            int size = x.Shape[first].Value;
            int[] others = [.. Enumerable.Range(0, rank).Where(axis => axis != first && axis != second)];
            x = call.Graph.Permute(x, [.. others, first, second]);
            x = call.Graph.Reshape(x, new Shape(x.Shape.Take(rank - 2).Append(size * size)));
            x = call.Graph.Slice(x, rank - 2, 0, size, size + 1);
            labels = [.. others.Select(axis => labels[axis]), label];
        }
        return new(x, labels);
    }

    /// <summary>Without the axes of size 1 whose label is larger elsewhere.</summary>
    static LabelledTensor WithoutBroadcast(Graph graph, LabelledTensor x, EinsumEquation equation)
    {
        int[] kept = [.. Enumerable.Range(0, x.Labels.Length).Where(axis => x.Node.Shape[axis] == equation.SizeOf(x.Labels[axis]))];
        return new(graph.Reshape(x.Node, new Shape(kept.Select(axis => x.Node.Shape[axis]))), [.. kept.Select(axis => x.Labels[axis])]);
    }

    /// <summary>The labels of the result and of all operands but some.</summary>
    static HashSet<string> Others(List<LabelledTensor> operands, EinsumEquation equation, params int[] but) =>
        [.. equation.Result, .. operands.Where((_, i) => !but.Contains(i)).SelectMany(operand => operand.Labels)];

    static LabelledTensor SumOver(Graph graph, LabelledTensor x, HashSet<string> kept)
    {
        int[] axes = [.. Enumerable.Range(0, x.Labels.Length).Where(axis => !kept.Contains(x.Labels[axis]))];
        return axes.Length == 0 ? x
            : new(graph.Reduce(Op.ReduceSum, x.Node, axes, keepDimensions: false), [.. x.Labels.Where(kept.Contains)]);
    }

    /// <summary>The two operands whose product has the fewest multiplications; of equal ones the first.</summary>
    static (int First, int Second) Cheapest(List<LabelledTensor> operands, EinsumEquation equation)
    {
        var pairs = Enumerable.Range(0, operands.Count).SelectMany(second => Enumerable.Range(0, second).Select(first => (First: first, Second: second)));
        return pairs.OrderBy(pair => operands[pair.First].Labels.Union(operands[pair.Second].Labels).Aggregate(1.0, (work, label) => work * equation.SizeOf(label).Max)).First();
    }

    /// <summary>
    /// One product: the labels that both have and the rest needs are its batch, those that only these two have are summed over, and the
    /// others are its rows and columns. Without a sum, or without rows and columns, it is elementwise.
    /// </summary>
    static LabelledTensor Contract(Graph graph, LabelledTensor a, LabelledTensor b, HashSet<string> kept, EinsumEquation equation)
    {
        string[] common = [.. a.Labels.Where(b.Labels.Contains)], batch = [.. common.Where(kept.Contains)], summed = [.. common.Except(batch)];
        string[] rows = [.. a.Labels.Except(common)], columns = [.. b.Labels.Except(common)], labels = [.. batch, .. rows, .. columns];
        if (summed.Length == 0 || rows.Length + columns.Length == 0)
        {
            string[] all = [.. labels, .. summed];
            var product = new LabelledTensor(graph.Multiply(Aligned(graph, a, all, equation), Aligned(graph, b, all, equation)), all);
            return SumOver(graph, product, kept);
        }
        var left = graph.Reshape(Ordered(graph, a, [.. batch, .. rows, .. summed]), Grouped(equation, batch, rows, summed));
        var right = graph.Reshape(Ordered(graph, b, [.. batch, .. summed, .. columns]), Grouped(equation, batch, summed, columns));
        return new(graph.Reshape(graph.MatMul(left, right), new Shape(labels.Select(equation.SizeOf))), labels);
    }

    static Node Ordered(Graph graph, LabelledTensor x, string[] labels) => graph.Permute(x.Node, [.. labels.Select(label => Array.IndexOf(x.Labels, label))]);

    /// <summary>The batch axes, and one axis for each of two groups.</summary>
    static Shape Grouped(EinsumEquation equation, string[] batch, params string[][] groups) => new(
        batch.Select(equation.SizeOf).Concat(groups.Select(group => group.Aggregate((Dim)1, (size, label) => size * equation.SizeOf(label)))));

    /// <summary>All labels in order, with size 1 those that the tensor lacks.</summary>
    static Node Aligned(Graph graph, LabelledTensor x, string[] labels, EinsumEquation equation)
    {
        var ordered = Ordered(graph, x, [.. labels.Where(x.Labels.Contains)]);
        return graph.Reshape(ordered, new Shape(labels.Select(label => x.Labels.Contains(label) ? equation.SizeOf(label) : 1)));
    }
}
