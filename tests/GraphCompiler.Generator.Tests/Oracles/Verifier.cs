using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Tests.Oracles;

/// <summary>
/// Checks a graph that a pass has made: operands precede their users and belong to the graph, arities are the table's,
/// no two nodes are equal, and every shape and type is what building the operation afresh on operands of these shapes
/// gives. Tests run it after every pass.
/// </summary>
internal static class Verifier
{
    /// <summary>What is wrong, a line each; empty for a sound graph.</summary>
    public static IReadOnlyList<string> Violations(Graph graph)
    {
        var violations = new List<string>();
        var seen = new HashSet<string>();
        for (int id = 0; id < graph.Nodes.Count; id++)
        {
            var node = graph.Nodes[id];
            if (node.Id != id)
                violations.Add($"{node} stands at position {id}");
            else if (node.Inputs.Any(i => i.Id >= id || graph.Nodes[i.Id] != i))
                violations.Add($"{node} has an operand that does not precede it in this graph");
            else if (node.Op.Info().Arity >= 0 && node.Op.Info().Arity != node.Inputs.Count)
                violations.Add($"{node} must have {node.Op.Info().Arity} operands");
            else if (node.Kind == OpKind.Update && !IsVersion(node))
                violations.Add($"{node} does not update a state");
            else if (Mismatch(node) is { } mismatch)
                violations.Add(mismatch);
            string text = node.ToString();
            if (!seen.Add(string.Concat(text.AsSpan(text.IndexOf('=')),
                node.Attributes is ConstantAttributes constant ? constant.Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture) : "")))
                violations.Add($"{node} exists twice");
        }
        foreach (var output in graph.Outputs)
        {
            if (output.Node.Id >= graph.Nodes.Count || graph.Nodes[output.Node.Id] != output.Node)
                violations.Add($"the output {output.Name} is not a node of this graph");
            else if (output.Kind == OutputKind.Gradient)
                CheckGradient(graph, output, violations);
            else if (output.Kind == OutputKind.State && !IsVersionOf(output.Node, output.Name))
                violations.Add($"the output {output.Name} is not a version of that state");
        }
        return violations;
    }

    /// <summary>A state, an update of a version, or a choice between versions of one state.</summary>
    static bool IsVersion(Node node) => node.Op == Op.State
        || (node.Kind == OpKind.Update && IsVersion(node.Inputs[0]))
        || (node.Op == Op.WhenTraining && node.Inputs.All(IsVersion));

    static bool IsVersionOf(Node node, string state)
    {
        while (node.Kind == OpKind.Update || node.Op == Op.WhenTraining)
            node = node.Inputs[0];
        return node.Op == Op.State && node.Name == state;
    }

    static void CheckGradient(Graph graph, GraphOutput output, List<string> violations)
    {
        var parameter = graph.Nodes.FirstOrDefault(n => n.Op == Op.Parameter && n.Name == output.Name);
        if (parameter is null)
            violations.Add($"there is no parameter for the gradient {output.Name}");
        else if (!parameter.Shape.Equals(output.Node.Shape) || output.Node.Type != ElementType.Float32)
            violations.Add($"the gradient {output.Name} is {output.Node.Type} {output.Node.Shape}, its parameter {parameter.Shape}");
    }

    static string? Mismatch(Node node)
    {
        if (node.Kind == OpKind.Leaf)
            return null;
        var scratch = new Graph();
        var operands = node.Inputs
            .Select((input, i) => scratch.Input(i.ToString(System.Globalization.CultureInfo.InvariantCulture), input.Shape, input.Type))
            .ToArray();
        try
        {
            var again = Build(scratch, node, operands);
            bool same = again.Op == node.Op && again.Type == node.Type && again.Shape.Equals(node.Shape)
                && again.Attributes.Equals(node.Attributes) && again.Inputs.SequenceEqual(operands);
            return same ? null : $"{node} would be built as {again}";
        }
        catch (ShapeException exception)
        {
            return $"{node}: {exception.Message}";
        }
    }

    static Node Build(Graph graph, Node node, Node[] x)
    {
        switch (node.Op)
        {
            case Op.Copy: return graph.Copy(x[0], node.Name);
            case Op.Cast: return graph.Cast(x[0], node.Type, node.Attributes is RepeatedAttributes);
            case Op.Select: return graph.Select(x[0], x[1], x[2]);
            case Op.Reshape: return graph.Reshape(x[0], node.Shape);
            case Op.Broadcast: return graph.BroadcastTo(x[0], node.Shape);
            case Op.Permute: return graph.Permute(x[0], node.Order);
            case Op.Slice: return graph.Slice(x[0], node.Part, node.Shape[node.Part.Axis]);
            case Op.Flip: return graph.Flip(x[0], node.Axis);
            case Op.Pad: return graph.Pad(x[0], node.Part, node.Shape[node.Part.Axis]);
            case Op.Concat: return graph.Concat(x, node.Axis);
            case Op.MatMul: return graph.MatMul(x[0], x[1], node.TransposesLeft, node.TransposesRight);
            case Op.QuantizedMatMul: return graph.QuantizedMatMul(x[0], x[1], node.Get<QuantizedMatMulAttributes>().Weights);
            case Op.QuantizedGather: return graph.QuantizedGather(x[0], x[1], node.Get<QuantizedGatherAttributes>().Table);
            case Op.Index: return graph.Index(x[0], node.Get<IndexAttributes>());
            case Op.Gather: return graph.Gather(x[0], x[1]);
            case Op.ScatterAdd: return graph.ScatterAdd(x[0], x[1], node.Shape[0], x.Length > 2 ? x[2] : null);
            case Op.LinearCrossEntropy when node.Attributes is SmoothingAttributes smoothing:
                return graph.LinearCrossEntropy(x[0], x[1], x[2], x.Length > 4 ? x[3] : null, x[x.Length - 1], smoothing.Share);
            case Op.LinearCrossEntropy: return graph.LinearCrossEntropy(x[0], x[1], x[2], x.Length > 3 ? x[3] : null);
            case Op.LinearCrossEntropyGradient:
                return graph.LinearCrossEntropyGradient(x.Take(x.Length - 1).ToArray(), x[x.Length - 1],
                node.Get<LinearCrossEntropyGradientAttributes>().Operand, node.Get<LinearCrossEntropyGradientAttributes>().Smoothing);
            case Op.Centre: return graph.Centre(x[0], node.Axes);
            case Op.Variance: return graph.Variance(x[0], node.Axes);
            case Op.Softmax: return graph.Softmax(x[0], node.Axis);
            case Op.LogSoftmax: return graph.LogSoftmax(x[0], node.Axis);
            case Op.LogSumExp: return graph.LogSumExp(x[0], node.Axes);
            case Op.ArgMax or Op.ArgMin: return graph.PlaceOfExtremum(node.Op, x[0], node.Axis);
            case Op.CumulativeSum: return graph.CumulativeSum(x[0], node.Get<CumulativeSumAttributes>());
            case Op.StopGradient: return graph.StopGradient(x[0]);
            case Op.LayerNorm: return graph.LayerNorm(x[0], x[1], x[2], node.Get<NormAttributes>().Epsilon);
            case Op.RmsNorm: return graph.RmsNorm(x[0], x[1], node.Get<NormAttributes>().Epsilon);
            case Op.CrossEntropy: return graph.CrossEntropy(x[0], x[1]);
            case Op.SmoothedCrossEntropy: return graph.SmoothedCrossEntropy(x[0], x[1], x[2], node.Get<SmoothingAttributes>().Share);
            case Op.BinaryCrossEntropy: return graph.BinaryCrossEntropy(x[0], x[1]);
            case Op.Huber: return graph.Huber(x[0], x[1], node.Get<HuberAttributes>().Delta);
            case Op.WriteAt: return graph.WriteAt(x[0], x[1], x[2], node.Axis);
            case Op.Assign: return graph.Assign(x[0], x[1]);
            case Op.WhenTraining: return graph.WhenTraining(x[0], x[1]);
            case Op.Dropout: return graph.Dropout(x[0], node.Get<DropoutAttributes>().Probability, node.Get<DropoutAttributes>().Stream);
            default: break;
        }
        if (node.Attributes is AttentionAttributes)
            return BuildAttention(graph, node, x);
        if (node.Kind == OpKind.Reduction)
            return graph.Reduce(node.Op, x[0], node.Axes);
        return x.Length == 1 ? graph.Unary(node.Op, x[0]) : graph.Binary(node.Op, x[0], x[1]);
    }

    static Node BuildAttention(Graph graph, Node node, Node[] x)
    {
        var form = node.Get<AttentionAttributes>().Form;
        var operands = form.Operands(x);
        var mask = operands.TryGetKeyMask(out var keyMask) ? keyMask : null;
        var count = operands.TryGetKeyCount(out var keyCount) ? keyCount : null;
        return node.Op switch
        {
            Op.Attention => graph.Attention(x[0], x[1], x[2], form, mask, count),
            Op.AttentionLogSumExp => graph.AttentionLogSumExp(x[0], x[1], x[2], form, mask, count),
            _ => graph.AttentionGradient(node.Get<AttentionGradientAttributes>().Operand, x, form),
        };
    }
}
