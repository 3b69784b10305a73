using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>Graphs as they print before and after simplification.</summary>
public class SimplificationTests
{
    /// <summary>What the graph of one result becomes: its nodes but for the inputs x and y, a line each.</summary>
    static string After(Func<Graph, Node> build)
    {
        var graph = new Graph();
        graph.AddOutput("result", build(graph));
        var simplified = Simplification.Run(graph);
        GraphAssert.Sound(simplified);
        Assert.Equal(simplified, Simplification.Run(simplified));
        string[] lines = [.. simplified.ToString().Split('\n').Where(line => line.Length > 0 && !line.Contains("Input(", StringComparison.Ordinal))];
        return string.Join('\n', lines.SkipLast(1).Append(lines[^1].Replace("Result result = ", "→ ", StringComparison.Ordinal)));
    }

    static Node X(Graph graph, params Dim[] shape) => graph.Input("x", new Shape(shape), ElementType.Float32);

    static Node Y(Graph graph, params Dim[] shape) => graph.Input("y", new Shape(shape), ElementType.Float32);

    static Node C(Graph graph, double value) => graph.Constant(value);

    [Fact]
    public void Neutral_constants_vanish()
    {
        Assert.Equal("→ %0", After(g => g.Multiply(X(g, 3), C(g, 1))));
        Assert.Equal("→ %0", After(g => g.Divide(g.Subtract(g.Add(X(g, 3), C(g, 0)), C(g, 0)), C(g, 1))));
        Assert.Equal("→ %0", After(g => g.Binary(Op.Power, X(g, 3), C(g, 1))));
        Assert.Equal("%1 = Negate(%0) : Float32 [3]\n→ %1", After(g => g.Subtract(C(g, 0), X(g, 3))));
        Assert.Equal("%1 = Negate(%0) : Float32 [3]\n→ %1", After(g => g.Multiply(C(g, -1), X(g, 3))));
    }

    [Fact]
    public void Constants_are_computed()
    {
        Assert.Equal("%0 = Constant(){7} : Float32 [2, 3]\n→ %0", After(g => g.Reshape(
            g.Add(g.Multiply(g.Constant(2, new Shape(3, 2)), C(g, 3)), C(g, 1)), new Shape(2, 3))));
        Assert.Equal("%0 = Constant(){6} : Float32 [2, 1]\n→ %0", After(g => g.Reduce(Op.ReduceSum, g.Constant(2, new Shape(2, 3)), [1])));
        Assert.Equal("%0 = Constant(){2} : Float32 [2, 1]\n→ %0", After(g => g.Reduce(Op.ReduceMax, g.Constant(2, new Shape(2, 3)), [1])));
        Assert.Equal("%0 = Constant(){NaN} : Float32 []\n→ %0", After(g => g.Divide(C(g, 0), C(g, 0))));
    }

    [Fact]
    public void Zero_times_a_value_that_may_be_NaN_stays()
    {
        Assert.Equal("%1 = Constant() : Float32 [3]\n%2 = Multiply(%0, %1) : Float32 [3]\n→ %2", After(g => g.Multiply(X(g, 3), C(g, 0))));
        Assert.Equal("%0 = Constant() : Float32 [3]\n→ %0", After(g => g.Multiply(g.Random(0, new Shape((Dim)3)), C(g, 0))));
        Assert.Equal("%1 = Subtract(%0, %0) : Float32 [3]\n→ %1", After(g => g.Subtract(X(g, 3), X(g, 3))));
    }

    [Fact]
    public void Signs_cancel_and_join_sums()
    {
        Assert.Equal("→ %0", After(g => g.Unary(Op.Negate, g.Unary(Op.Negate, X(g, 3)))));
        Assert.Equal("%2 = Subtract(%0, %1) : Float32 [3]\n→ %2", After(g => g.Add(X(g, 3), g.Unary(Op.Negate, Y(g, 3)))));
        Assert.Equal("%2 = Add(%0, %1) : Float32 [3]\n→ %2", After(g => g.Subtract(X(g, 3), g.Unary(Op.Negate, Y(g, 3)))));
        Assert.Equal("%2 = Multiply(%0, %1) : Float32 [3]\n→ %2", After(g => g.Multiply(g.Unary(Op.Negate, X(g, 3)), g.Unary(Op.Negate, Y(g, 3)))));
        Assert.Equal("%1 = Constant(){-0.3} : Float32 [3]\n%2 = Multiply(%0, %1) : Float32 [3]\n→ %2", After(g => g.Scale(g.Unary(Op.Negate, X(g, 3)), 0.3)));
        Assert.Equal("%1 = Abs(%0) : Float32 [3]\n→ %1", After(g => g.Unary(Op.Abs, g.Unary(Op.Abs, g.Unary(Op.Negate, X(g, 3))))));
    }

    [Fact]
    public void Equal_up_to_the_order_of_operands_is_equal() => Assert.Equal(
        "%2 = Add(%0, %1) : Float32 [3]\n%3 = Multiply(%2, %2) : Float32 [3]\n→ %3",
        After(g => g.Multiply(g.Add(X(g, 3), Y(g, 3)), g.Add(Y(g, 3), X(g, 3)))));

    [Fact]
    public void Only_a_power_of_two_divides_by_multiplying()
    {
        Assert.Equal("%1 = Constant(){0.125} : Float32 [3]\n%2 = Multiply(%0, %1) : Float32 [3]\n→ %2", After(g => g.Divide(X(g, 3), C(g, 8))));
        Assert.Equal("%1 = Constant(){3} : Float32 [3]\n%2 = Divide(%0, %1) : Float32 [3]\n→ %2", After(g => g.Divide(X(g, 3), C(g, 3))));
        Assert.Equal("%1 = Constant(){0.15} : Float32 [3]\n%2 = Multiply(%0, %1) : Float32 [3]\n→ %2", After(g => g.Scale(g.Scale(X(g, 3), 0.3), 0.5)));
    }

    [Fact]
    public void Simple_powers_are_products_and_roots()
    {
        Assert.Equal("%1 = Multiply(%0, %0) : Float32 [3]\n→ %1", After(g => g.Binary(Op.Power, X(g, 3), C(g, 2))));
        Assert.Equal("%1 = Sqrt(%0) : Float32 [3]\n→ %1", After(g => g.Binary(Op.Power, X(g, 3), C(g, 0.5))));
        Assert.Equal("%1 = ReciprocalSqrt(%0) : Float32 [3]\n→ %1", After(g => g.Divide(C(g, 1), g.Unary(Op.Sqrt, X(g, 3)))));
    }

    [Fact]
    public void Known_conditions_choose()
    {
        Assert.Equal("→ %0", After(g => g.Select(g.Binary(Op.Less, C(g, 1), C(g, 2)), X(g, 3), C(g, 5))));
        Assert.Equal("→ %0", After(g => g.Select(g.Binary(Op.Less, X(g, 3), C(g, 2)), X(g, 3), X(g, 3))));
        Assert.Equal(
            "%2 = Greater(%0, %1) : Bool [3]\n%3 = Constant() : Float32 [3]\n%4 = Select(%2, %3, %0) : Float32 [3]\n→ %4",
            After(g =>
            {
                var condition = g.Binary(Op.Greater, X(g, 3), Y(g, 3));
                return g.Select(g.Unary(Op.Not, condition), g.Select(condition, Y(g, 3), X(g, 3)), C(g, 0));
            }));
    }

    [Fact]
    public void Layouts_compose()
    {
        Assert.Equal("→ %0", After(g => g.Reshape(g.Reshape(X(g, 2, 6), new Shape(3, 4)), new Shape(2, 6))));
        Assert.Equal("→ %0", After(g => g.Permute(g.Permute(X(g, 2, 3, 4), [1, 2, 0]), [2, 0, 1])));
        Assert.Equal("%1 = Reshape(%0) : Float32 [3, 1, 4]\n→ %1", After(g => g.Permute(X(g, 1, 3, 4), [1, 0, 2])));
        Assert.Equal("%1 = Broadcast(%0) : Float32 [2, 3, 4]\n→ %1", After(g => g.BroadcastTo(g.BroadcastTo(X(g, 1, 3, 1), new Shape(1, 3, 4)), new Shape(2, 3, 4))));
        Assert.Equal(
            "%1 = Reshape(%0) : Float32 [1, 3]\n%2 = Broadcast(%1) : Float32 [8, 3]\n→ %2",
            After(g => g.Reshape(g.BroadcastTo(X(g, 3), new Shape(2, 4, 3)), new Shape(8, 3))));
        Assert.Equal(
            "%1 = Broadcast(%0) : Float32 [2, 3]\n%2 = Reshape(%1) : Float32 [6]\n→ %2",
            After(g => g.Reshape(g.BroadcastTo(X(g, 1, 3), new Shape(2, 3)), new Shape((Dim)6))));
        Assert.Equal("%0 = Random(){4} : Float32 [6]\n→ %0", After(g => g.Reshape(g.Random(4, new Shape(2, 3)), new Shape((Dim)6))));
    }

    [Fact]
    public void Named_dimensions_regroup_too()
    {
        Dim batch = Dim.Named("batch", 8);
        Assert.Equal(
            "%1 = Reshape(%0) : Float32 [1, 3]\n%2 = Broadcast(%1) : Float32 [4·batch, 3]\n→ %2",
            After(g => g.Reshape(g.BroadcastTo(X(g, 3), new Shape(batch, 4, 3)), new Shape(4 * batch, 3))));
        Assert.Equal(
            "%1 = Size(){batch} : Float32 [1, 3]\n%2 = Multiply(%0, %1) : Float32 [1, 3]\n→ %2",
            After(g => g.Reduce(Op.ReduceSum, g.BroadcastTo(X(g, 1, 3), new Shape(batch, 3)), [0])));
    }

    [Fact]
    public void Repeated_values_are_computed_once() => Assert.Equal(
        "%1 = Reshape(%0) : Float32 [1, 3]\n%2 = Constant(){2} : Float32 [1, 3]\n%3 = Add(%1, %2) : Float32 [1, 3]\n"
        + "%4 = Exp(%3) : Float32 [1, 3]\n%5 = Broadcast(%4) : Float32 [4, 3]\n→ %5",
        After(g => g.Unary(Op.Exp, g.Add(g.BroadcastTo(X(g, 3), new Shape(4, 3)), C(g, 2)))));

    [Fact]
    public void Reductions_skip_axes_that_have_one_element_or_repeat()
    {
        Assert.Equal("→ %0", After(g => g.Reduce(Op.ReduceSum, X(g, 1, 3), [0])));
        Assert.Equal("%1 = ReduceSum(%0){0} : Float32 [1, 1, 3]\n→ %1", After(g => g.Reduce(Op.ReduceSum, X(g, 2, 1, 3), [0, 1])));
        Assert.Equal("→ %0", After(g => g.Reduce(Op.ReduceMax, g.BroadcastTo(X(g, 2, 1), new Shape(2, 3)), [1])));
        Assert.Equal(
            "%1 = ReduceSum(%0){0} : Float32 [1, 1]\n%2 = Constant(){3} : Float32 [1, 1]\n%3 = Multiply(%1, %2) : Float32 [1, 1]\n→ %3",
            After(g => g.Reduce(Op.ReduceSum, g.BroadcastTo(X(g, 2, 1), new Shape(2, 3)), [0, 1])));
    }

    [Fact]
    public void Sums_over_neighbouring_axes_merge_and_others_stay_split()
    {
        Assert.Equal("%1 = ReduceSum(%0){1 2} : Float32 [2, 1, 1]\n→ %1", After(g => g.Reduce(Op.ReduceSum, g.Reduce(Op.ReduceSum, X(g, 2, 3, 4), [2]), [1])));
        Assert.Equal(
            "%1 = ReduceSum(%0){2} : Float32 [2, 3, 1]\n%2 = ReduceSum(%1){0} : Float32 [1, 3, 1]\n→ %2",
            After(g => g.Reduce(Op.ReduceSum, g.Reduce(Op.ReduceSum, X(g, 2, 3, 4), [2]), [0])));
        Assert.Equal(
            "%1 = ReduceSum(%0){1} : Float32 [2, 1]\n%2 = ReduceSum(%1){0} : Float32 [1, 1]\n%3 = Broadcast(%2) : Float32 [2, 1]\n%4 = Subtract(%1, %3) : Float32 [2, 1]\n→ %4",
            After(g =>
            {
                var rows = g.Reduce(Op.ReduceSum, X(g, 2, 3), [1]);
                return g.Subtract(rows, g.Reduce(Op.ReduceSum, rows, [0]));
            }));
    }

    [Fact]
    public void Transposes_become_flags_of_the_product()
    {
        Assert.Equal("%2 = MatMul(%0, %1){1 1} : Float32 [3, 5]\n→ %2", After(g => g.MatMul(
            g.Permute(X(g, 4, 3), [1, 0]), g.Permute(Y(g, 5, 4), [1, 0]))));
        Assert.Equal("%2 = MatMul(%1, %0){1 1} : Float32 [5, 3]\n→ %2", After(g => g.Permute(g.MatMul(X(g, 3, 4), Y(g, 4, 5)), [1, 0])));
    }

    [Fact]
    public void A_batch_times_one_matrix_is_one_product()
    {
        Assert.Equal(
            "%2 = Reshape(%0) : Float32 [6, 4]\n%3 = MatMul(%2, %1){0 1} : Float32 [6, 5]\n%4 = Reshape(%3) : Float32 [2, 3, 5]\n→ %4",
            After(g => g.MatMul(X(g, 2, 3, 4), Y(g, 5, 4), transposeRight: true)));
        Assert.Equal(
            "%2 = Reshape(%0) : Float32 [6, 4]\n%3 = Reshape(%1) : Float32 [4, 5]\n%4 = MatMul(%2, %3){0 0} : Float32 [6, 5]\n"
            + "%5 = Reshape(%4) : Float32 [2, 3, 5]\n→ %5",
            After(g => g.MatMul(X(g, 2, 3, 4), g.BroadcastTo(Y(g, 1, 4, 5), new Shape(2, 4, 5)))));
    }

    [Fact]
    public void Rows_that_are_counted_are_a_slice()
    {
        Dim time = Dim.Named("time", 5);
        Assert.Equal(
            "%1 = Slice(%0){0 0 1} : Float32 [time, 3]\n→ %1", After(g => g.Gather(X(g, 5, 3), g.Iota(new Shape(time), 0))));
        Assert.Equal(
            "%1 = Reshape(%0) : Float32 [1, 5, 3]\n→ %1",
            After(g => g.Gather(X(g, 5, 3), g.Reshape(g.Iota(new Shape(5), 0), new Shape(1, 5)))));
        Assert.Contains("Gather", After(g => g.Gather(X(g, 4, 3), g.Iota(new Shape(time), 0))), StringComparison.Ordinal);
        Assert.Equal(
            "%1 = Pad(%0){0 0 1} : Float32 [5, 3]\n→ %1", After(g => g.ScatterAdd(g.Iota(new Shape(time), 0), X(g, time, 3), 5)));
        Assert.Equal(
            "%2 = Add(%0, %1) : Float32 [5, 3]\n→ %2",
            After(g => g.ScatterAdd(g.Iota(new Shape(5), 0), X(g, 5, 3), 5, Y(g, 5, 3))));
    }

    [Fact]
    public void Named_places_add_up()
    {
        Dim time = Dim.Named("time", 5);
        Assert.Equal(
            "%1 = Slice(%0){0 3 1; 2·time} : Float32 [2]\n→ %1",
            After(g => g.Slice(g.Slice(X(g, 20), new AxisPart(0, 2, Offset: time), 9), new AxisPart(0, 1, Offset: time), 2)));
        Assert.Equal(
            "%1 = Slice(%0){0 -1 1; time} : Float32 [1]\n→ %1", After(g => g.Slice(X(g, time), new AxisPart(0, -1, Offset: time), 1)));
        Assert.Equal(
            "%1 = Slice(%0){0 3 1} : Float32 [1]\n→ %1", After(g => g.Slice(X(g, 4), new AxisPart(0, -1, Offset: 4), 1)));
    }

    [Fact]
    public void Integers_keep_their_type()
    {
        Node N(Graph g) => g.Input("y", new Shape(3), ElementType.Int32);
        Node I(Graph g, double value) => g.Constant(value, Shape.Scalar, ElementType.Int32);
        Assert.Equal("→ %0", After(g => g.Multiply(g.Add(N(g), I(g, 0)), I(g, 1))));
        Assert.Equal("%0 = Constant() : Int32 [3]\n→ %0", After(g => g.Multiply(N(g), I(g, 0))));
        Assert.Equal("%1 = Constant(){-6} : Int32 [3]\n%2 = Multiply(%0, %1) : Int32 [3]\n→ %2", After(g => g.Multiply(g.Unary(Op.Negate, g.Multiply(N(g), I(g, 2))), I(g, 3))));
    }

    [Fact]
    public void Slices_undo_concatenations_and_pads()
    {
        Assert.Equal("→ %0", After(g => g.Slice(g.Concat([X(g, 2, 3), Y(g, 2, 4)], 1), 1, 0, 3)));
        Assert.Equal("%1 = Slice(%0){1 1 2} : Float32 [2, 2]\n→ %1", After(g => g.Slice(g.Concat([X(g, 2, 3), Y(g, 2, 4)], 1), 1, 4, 2, 2)));
        Assert.Equal("%1 = Slice(%0){0 3 6} : Float32 [2]\n→ %1", After(g => g.Slice(g.Slice(X(g, 20), 0, 1, 9, 2), 0, 1, 2, 3)));
        Assert.Equal("→ %0", After(g => g.Slice(g.Pad(X(g, 3), 0, 2, 9), 0, 2, 3)));
        Assert.Equal("%0 = Constant() : Float32 [4]\n→ %0", After(g => g.Slice(g.Pad(X(g, 3), 0, 2, 9), 0, 5, 4)));
        Assert.Equal("→ %0", After(g => g.Concat([g.Slice(X(g, 6), 0, 0, 2), g.Slice(X(g, 6), 0, 2, 3), g.Slice(X(g, 6), 0, 5, 1)], 0)));
        Assert.Equal("%1 = Pad(%0){0 3 2} : Float32 [20]\n→ %1", After(g => g.Pad(g.Pad(X(g, 3), 0, 1, 8), 0, 1, 20, 2)));
    }

    [Fact]
    public void Gradients_of_slices_are_joined_without_adding_zeros() => Assert.Equal(
        "%2 = Concat(%1, %0, %1){1} : Float32 [2, 9]\n→ %2",
        After(g => g.Add(g.Add(g.Pad(Y(g, 2, 3), 1, 3, 9), g.Pad(X(g, 2, 3), 1, 0, 9)), g.Pad(X(g, 2, 3), 1, 6, 9))));

    [Fact]
    public void A_wider_type_is_no_stop_between_casts_and_a_narrower_one_is()
    {
        Node Narrow(Graph g) => g.Cast(X(g, 3), ElementType.BFloat16);
        Assert.Equal("%1 = Cast(%0) : BFloat16 [3]\n→ %1", After(g => g.Cast(g.Cast(Narrow(g), ElementType.Float32), ElementType.BFloat16)));
        Assert.Equal("%1 = Cast(%0) : BFloat16 [3]\n%2 = Cast(%1) : Float16 [3]\n→ %2", After(g => g.Cast(g.Cast(Narrow(g), ElementType.Float32), ElementType.Float16)));
        Assert.Equal("%1 = Cast(%0) : BFloat16 [3]\n%2 = Cast(%1) : Float32 [3]\n→ %2", After(g => g.Cast(Narrow(g), ElementType.Float32)));
        Assert.Equal("%0 = Constant(){1.0078125} : BFloat16 [3]\n→ %0", After(g => g.Cast(g.Constant(1.005, new Shape((Dim)3)), ElementType.BFloat16)));
    }

    [Fact]
    public void Casts_of_conditions_come_back_but_those_of_numbers_do_not()
    {
        Assert.Equal(
            "%2 = Less(%0, %1) : Bool [3]\n%3 = Select(%2, %0, %1) : Float32 [3]\n→ %3",
            After(g => g.Select(g.Cast(g.Cast(g.Binary(Op.Less, X(g, 3), Y(g, 3)), ElementType.Float32), ElementType.Bool), X(g, 3), Y(g, 3))));
        Assert.Equal(
            "%1 = Cast(%0) : Bool [3]\n%2 = Cast(%1) : Float32 [3]\n→ %2",
            After(g => g.Cast(g.Cast(X(g, 3), ElementType.Bool), ElementType.Float32)));
    }
}
