using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Language;

/// <summary>
/// What each operation of the language appends to the graph: its name in Ops, Tensor or among the operators. Functions that
/// append one elementwise operation and no more are said with its definition.
/// </summary>
internal static partial class Operations
{
    static readonly Dictionary<string, Func<LanguageCall, CallResult>> Table = CreateTable(new(StringComparer.Ordinal)
    {
        // Operators.
        ["op_Addition"] = Binary(Op.Add, isOperator: true),
        ["op_Subtraction"] = Binary(Op.Subtract, isOperator: true),
        ["op_Multiply"] = Binary(Op.Multiply, isOperator: true),
        ["op_Division"] = Binary(Op.Divide, isOperator: true),
        ["op_LessThan"] = Binary(Op.Less, isOperator: true),
        ["op_LessThanOrEqual"] = Binary(Op.LessOrEqual, isOperator: true),
        ["op_GreaterThan"] = Binary(Op.Greater, isOperator: true),
        ["op_GreaterThanOrEqual"] = Binary(Op.GreaterOrEqual, isOperator: true),
        ["op_BitwiseAnd"] = Logical(Op.And),
        ["op_BitwiseOr"] = Logical(Op.Or),
        ["op_LogicalNot"] = call =>
        {
            call.RequireType(call.Tensor("x"), ElementType.Bool, "the operand");
            return call.Graph.Unary(Op.Not, call.Tensor("x"));
        },
        ["op_UnaryNegation"] = Unary(Op.Negate),
        ["op_UnaryPlus"] = call => call.Tensor("x"),

        // Elementwise.
        ["Square"] = call => call.Graph.Multiply(call.Tensor("x"), call.Tensor("x")),
        ["LeakyRelu"] = LeakyRelu,
        ["Pow"] = Power,
        ["Clamp"] = Clamp,
        ["Select"] = Select,
        ["To"] = call => To(call.Graph, call.Tensor("x"), call.TypeArgument),

        // Reductions.
        ["Sum"] = call => Reduce(call, (x, axes, keep) => call.Graph.Reduce(Op.ReduceSum, x, axes, keep)),
        ["Mean"] = call => Reduce(call, (x, axes, keep) => call.Graph.Mean(x, axes, keep)),
        ["Max"] = call => Reduce(call, (x, axes, keep) => call.Graph.Reduce(Op.ReduceMax, x, axes, keep)),
        ["Min"] = call => Reduce(call, (x, axes, keep) => call.Graph.Reduce(Op.ReduceMin, x, axes, keep)),
        ["LogSumExp"] = call => Reduce(call, (x, axes, keep) => Reduced(call.Graph, call.Graph.LogSumExp(x, axes), axes, keep)),
        ["Var"] = Variance,
        ["Std"] = StandardDeviation,
        ["CumSum"] = call => call.Graph.CumulativeSum(
            call.Tensor("x"), new(call.Axis("axis", call.Tensor("x").Shape.Rank), call.Flag("exclusive"), call.Flag("reverse"))),
        ["ArgMax"] = call => Extremum(call, Op.ArgMax),
        ["ArgMin"] = call => Extremum(call, Op.ArgMin),
        ["Softmax"] = call => call.Graph.Softmax(call.Tensor("x"), call.Axis("axis", call.Tensor("x").Shape.Rank)),
        ["LogSoftmax"] = call => call.Graph.LogSoftmax(call.Tensor("x"), call.Axis("axis", call.Tensor("x").Shape.Rank)),
        ["LayerNorm"] = LayerNorm,
        ["RmsNorm"] = RmsNorm,

        // Layout.
        ["Reshape"] = Reshape,
        ["Flatten"] = Flatten,
        ["Squeeze"] = Squeeze,
        ["Unsqueeze"] = Unsqueeze,
        ["Transpose"] = Transpose,
        ["Permute"] = Permute,
        ["BroadcastTo"] = BroadcastTo,
        ["Slice"] = Slice,
        ["Flip"] = call => call.Graph.Flip(call.Tensor("x"), call.Axis("axis", call.Tensor("x").Shape.Rank)),
        ["Pad"] = Pad,
        ["Index"] = Index,
        ["Split"] = Split,
        ["Concat"] = Concat,
        ["Stack"] = Stack,
        ["Constant"] = call => call.Tensor("values"),
        ["Zeros"] = call => Filled(call, 0),
        ["Ones"] = call => Filled(call, 1),
        ["Full"] = call => Filled(call, (float)call.Number("value")),

        // Contraction, attention, indexing, losses, dropout.
        ["MatMul"] = MatMul,
        ["Einsum"] = Einsum,
        ["Attention"] = Attention,
        ["Gather"] = Gather,
        ["OneHot"] = OneHot,
        ["Arange"] = Arange,
        ["CrossEntropy"] = CrossEntropy,
        ["BinaryCrossEntropyWithLogits"] = call => ElementLoss(call, "logits", "targets", call.Graph.BinaryCrossEntropy),
        ["MeanSquaredError"] = call => ElementLoss(call, "prediction", "target", (x, y) => Square(call, call.Graph.Subtract(x, y))),
        ["L1"] = call => ElementLoss(call, "prediction", "target", (x, y) => call.Graph.Unary(Op.Abs, call.Graph.Subtract(x, y))),
        ["Huber"] = Huber,
        ["Dropout"] = Dropout,
        ["StopGradient"] = call => call.Graph.StopGradient(call.Tensor("x")),
        ["WhenTraining"] = WhenTraining,
        ["RequireInTraining"] = RequireInTraining,
    });

    static Dictionary<string, Func<LanguageCall, CallResult>> CreateTable(Dictionary<string, Func<LanguageCall, CallResult>> table)
    {
        foreach (var definition in OpTable.All.Where(d => d.Function is not null))
            table.Add(definition.Function!, definition.Arity == 1 ? Unary(definition.Op) : Binary(definition.Op));
        return table;
    }

    public static bool TryGet(string name, out Func<LanguageCall, CallResult> operation) => Table.TryGetValue(name, out operation!);

    public static IEnumerable<string> Names => Table.Keys;

    /// <summary>In another type. What is asked for in Float32 stays so, whatever the model's precision; a view lies where its operand does.</summary>
    static Node To(Graph graph, Node x, ElementType type)
    {
        var result = graph.Cast(x, type);
        for (var kept = type == ElementType.Float32 ? result : null; kept is not null; kept = kept.Kind == OpKind.Layout && kept.Inputs.Count == 1 ? kept.Inputs[0] : null)
            kept.Keep(KeptInFloat32.Result);
        return result;
    }

    static Node Square(LanguageCall call, Node x) => call.Graph.Multiply(x, x);

    static Func<LanguageCall, CallResult> Unary(Op op) => call =>
    {
        call.RequireComputed(call.Tensor("x"), "the operand");
        return call.Graph.Unary(op, call.Tensor("x"));
    };

    static Func<LanguageCall, CallResult> Binary(Op op, bool isOperator = false) => call =>
    {
        var (a, b) = call.Operands("a", "b");
        string left = isOperator ? "the left side" : "'a'", right = isOperator ? "the right side" : "'b'";
        call.RequireComputed(a, left);
        call.RequireComputed(b, right);
        if (op.Info().Types is ElementRule.Floats or ElementRule.Reals)
        {
            call.RequireNumbersWithFraction(a, left);
            call.RequireNumbersWithFraction(b, right);
        }
        call.RequireBroadcast(a, left, b, right);
        return call.Graph.Binary(op, a, b);
    };

    static Func<LanguageCall, CallResult> Logical(Op op) => call =>
    {
        Node a = call.Tensor("a"), b = call.Tensor("b");
        call.RequireType(a, ElementType.Bool, "the left side");
        call.RequireType(b, ElementType.Bool, "the right side");
        call.RequireBroadcast(a, "the left side", b, "the right side");
        return call.Graph.Binary(op, a, b);
    };

    static CallResult LeakyRelu(LanguageCall call)
    {
        var x = call.Tensor("x");
        var positive = call.Graph.Binary(Op.Greater, x, call.Graph.Constant(0));
        return call.Graph.Select(positive, x, call.Graph.Scale(x, (float)call.Number("slope")));
    }

    /// <summary>Small constant powers are products and roots: exact, and far cheaper than the general power.</summary>
    static CallResult Power(LanguageCall call)
    {
        Node a = call.Tensor("a"), b = call.Tensor("b");
        call.RequireBroadcast(a, "'a'", b, "'b'");
        var graph = call.Graph;
        if (b.Op == Op.Constant && b.Shape.Rank == 0)
        {
            switch (b.Value)
            {
                case 1:
                    return a;
                case 2:
                    return Square(call, a);
                case 3:
                    return graph.Multiply(Square(call, a), a);
                case 4:
                    return Square(call, Square(call, a));
                case -1:
                    return graph.Divide(graph.Constant(1), a);
                case 0.5:
                    return graph.Unary(Op.Sqrt, a);
                case -0.5:
                    return graph.Unary(Op.ReciprocalSqrt, a);
            }
        }
        return graph.Binary(Op.Power, a, b);
    }

    /// <summary>Selects rather than minima, so that the gradient passes whole at the limits and NaN stays NaN.</summary>
    static CallResult Clamp(LanguageCall call)
    {
        var x = call.Tensor("x");
        double min = (float)call.Number("min"), max = (float)call.Number("max");
        if (!(min <= max))
            throw call.Fail(Fault.InvalidArgument, $"Clamp: min {call.Written("min")} is above max {call.Written("max")}");
        var graph = call.Graph;
        if (!double.IsInfinity(max))
            x = graph.Select(graph.Binary(Op.Greater, x, graph.Constant(max)), graph.Constant(max), x);
        if (!double.IsInfinity(min))
            x = graph.Select(graph.Binary(Op.Less, x, graph.Constant(min)), graph.Constant(min), x);
        return x;
    }

    static CallResult Select(LanguageCall call)
    {
        Node condition = call.Tensor("condition"), whenTrue = call.Tensor("whenTrue"), whenFalse = call.Tensor("whenFalse");
        call.RequireBroadcast(whenTrue, "'whenTrue'", whenFalse, "'whenFalse'");
        call.RequireBroadcast(condition, "'condition'", whenTrue, "'whenTrue'");
        call.RequireBroadcast(condition, "'condition'", whenFalse, "'whenFalse'");
        return call.Graph.Select(condition, whenTrue, whenFalse);
    }

    static CallResult Reduce(LanguageCall call, Func<Node, int[], bool, Node> reduce)
    {
        var x = call.Tensor("x");
        int[] axes = ReducedAxes(call, x.Shape.Rank);
        // An empty list of axes means none here, unlike in the graph, where it means all.
        return axes.Length == 0 ? x : reduce(x, axes, call.Flag("keepDims"));
    }

    /// <summary>One axis, several, or, where none are given, all.</summary>
    static int[] ReducedAxes(LanguageCall call, int rank) =>
        call.Has("axis") ? [call.Axis("axis", rank)] : call.Has("axes") ? call.Axes("axes", rank) : [.. Enumerable.Range(0, rank)];

    static CallResult LayerNorm(LanguageCall call)
    {
        var x = call.Tensor("x");
        call.RequireRank(x, 1, "'x'");
        return call.Graph.LayerNorm(x, LastAxis(call, x, "weight", 1), LastAxis(call, x, "bias", 0), Epsilon(call));
    }

    static CallResult RmsNorm(LanguageCall call)
    {
        var x = call.Tensor("x");
        call.RequireRank(x, 1, "'x'");
        return call.Graph.RmsNorm(x, LastAxis(call, x, "weight", 1), Epsilon(call));
    }

    static double Epsilon(LanguageCall call) => call.Number("epsilon") is >= 0 and < double.PositiveInfinity and var epsilon
        ? epsilon
        : throw call.Fail(Fault.InvalidArgument, $"{call.Name}: epsilon {call.Written("epsilon")} must be at least 0");

    static Node LastAxis(LanguageCall call, Node x, string argument, double otherwise)
    {
        if (call.OptionalTensor(argument) is not { } vector)
            return call.Graph.Constant(otherwise, new Shape(x.Shape.Last));
        if (vector.Shape.Rank != 1)
            throw call.Fail(Fault.WrongRank, $"{call.Name}: {LanguageCall.NameOf(vector, $"'{argument}'")} has the shape {vector.Shape} and needs one axis, the last of {x.Shape}");
        RequireLastAxis(call, x, "'x'", vector, $"'{argument}'");
        return vector;
    }

    static void RequireLastAxis(LanguageCall call, Node x, string role, Node vector, string vectorRole)
    {
        if (ShapeRules.LastAxis(x.Shape, vector.Shape) is { } mismatch)
            throw call.Fail(Fault.ShapeMismatch, $"{call.Name}: {x.Shape} and {vector.Shape}: the last axis of {LanguageCall.NameOf(x, role)} is {mismatch.Size} and axis 0 of {LanguageCall.NameOf(vector, vectorRole)} is {mismatch.OtherSize}");
    }

    static CallResult WhenTraining(LanguageCall call)
    {
        Node training = call.Tensor("training"), inference = call.Tensor("inference");
        call.RequireBroadcast(training, "'training'", inference, "'inference'");
        return call.Graph.WhenTraining(training, inference);
    }

    static CallResult RequireInTraining(LanguageCall call)
    {
        call.DemandInTraining(call.Size("count"), call.Integer("atLeast"), call.Text("what"));
        return CallResult.Nothing;
    }

    static CallResult Dropout(LanguageCall call)
    {
        var x = call.Tensor("x");
        double p = (float)call.Number("p");
        if (!(p >= 0 && p < 1))
            throw call.Fail(Fault.InvalidArgument, $"Dropout: the probability {call.Written("p")} must be at least 0 and below 1");
        return p == 0 ? x : call.Graph.Dropout(x, p, call.NextRandomStream());
    }
}
