using System.Globalization;
using GraphCompiler.Generator.Tests.Frontend;
using Xunit;

namespace GraphCompiler.Generator.Tests.Diagnostics;

public sealed class ShapeDiagnosticTests
{
    static string Text(string id, string expression, string members = "", string others = "") => Reading.RejectMembers(
        id, $"{members} public Tensor F([Shape(2, 3)] Tensor x, [Shape(4, 3)] Tensor y, [Shape(2)] Tensor<int> labels) => {expression};", others).ToString();

    [Theory]
    [InlineData("GC0201", "[|x + y|]", "+: [2, 3] and [4, 3] do not broadcast: axis 0 of 'x' is 2 and axis 0 of 'y' is 4")]
    [InlineData("GC0201", "[|x + new float[] { 1, 2 }|]", "+: [2, 3] and [2] do not broadcast: axis 1 of 'x' is 3 and axis 0 of 'constants' is 2")]
    [InlineData("GC0201", "[|x - Mean|]", "axis 1 of 'x' is 3 and axis 0 of 'Mean' is 2", "static readonly float[] Mean = [1, 2];")]
    [InlineData("GC0201", "x * [|Constant(Rows)|]", "array 0 has [2] and array 1 is of shape [1]", "static readonly float[][] Rows = [[1, 2], [3]];")]
    [InlineData("GC0205", "x * [|new float[0]|]", "has no elements")]
    [InlineData("GC0205", "[|Gather(x, Order)|]", "Gather: 'Order' has the number 2, and numbers are from 0 to 2 (exclusive)", "static readonly int[] Order = [0, 2];")]
    [InlineData("GC0206", "x * Gather([|Table|], labels).Sum()", "70000 elements, which become part of the emitted code, and 65,536 is the most",
        "static readonly float[] Table = Enumerable.Range(0, 70000).Select(i => i * 0.5f).ToArray();")]
    [InlineData("GC0302", "x * [|Constant(new[] { \"a\" })|]", "element 0 of the array is a, and the elements of a tensor are constants")]
    [InlineData("GC0205", "x * ([|(Tensor<long>)Large|]).To<float>()", "element 1 of the array is 1152921504606846976: integers of arrays lie between",
        "static readonly long[] Large = [1, 1L << 60];")]
    [InlineData("GC0201", "Relu([|Exp(x) * y|])", "axis 0 of 'Exp(x)' is 2 and axis 0 of 'y' is 4")]
    [InlineData("GC0201", "[|MatMul(x, y)|]", "MatMul: [2, 3] · [4, 3]: the inner axes differ: 3 (axis 1 of 'x') and 4 (axis 0 of 'y')")]
    [InlineData("GC0201", "[|MatMul(x.Transpose(), y)|]", "MatMul: [2, 3]ᵀ · [4, 3]: the inner axes differ: 2 (axis 0 of 'x') and 4 (axis 0 of 'y')")]
    [InlineData("GC0201", "[|x.MatMul(Ones(2, 2))|]", "the inner axes differ: 3 (axis 1 of 'x') and 2 (axis 0 of 'b')")]
    [InlineData("GC0201", "[|MatMul(Ones(2, 5, 3), Ones(4, 3, 5))|]", "the batches do not broadcast: 2 (axis 0 of 'a') and 4 (axis 0 of 'b')")]
    [InlineData("GC0201", "[|Maximum(x, y)|]", "[2, 3] and [4, 3]")]
    [InlineData("GC0201", "[|Select(x > 0, x, y)|]", "[2, 3] and [4, 3]")]
    [InlineData("GC0201", "[|x.Reshape(4, 2)|]", "'x' of shape [2, 3] has 6 elements and [4, 2] has 8")]
    [InlineData("GC0201", "[|x.Reshape(4, -1)|]", "[2, 3] has 6 elements, which 4 does not divide")]
    [InlineData("GC0201", "[|Concat([x, y], 1)|]", "Concat: [2, 3] and [4, 3]: axis 0 of 'x' is 2 and axis 0 of 'y' is 4")]
    [InlineData("GC0201", "[|Stack([x, y])|]", "axis 0 of 'x' is 2 and axis 0 of 'y' is 4")]
    [InlineData("GC0201", "[|BroadcastTo(x, 4, 3)|]", "[2, 3] does not stretch to [4, 3]: axis 0 of 'x' is 2 and would have to become 4")]
    [InlineData("GC0201", "[|MeanSquaredError(x, y)|]", "MeanSquaredError: [2, 3] and [4, 3] must be the same")]
    [InlineData("GC0201", "[|CrossEntropy(y, labels)|]", "logits [4, 3] and labels [2]: axis 0 of 'y' is 4 and axis 0 of 'labels' is 2")]
    [InlineData("GC0201", "[|CrossEntropy(x, labels, classWeights: Ones(4))|]", "CrossEntropy: [2, 3] and [4]: the last axis of 'x' is 3 and axis 0 of 'classWeights' is 4")]
    [InlineData("GC0201", "[|CrossEntropy(x, labels, weights: Ones(3))|]", "[3] and [2] must be the same: axis 0 of 'weights' is 3 and axis 0 of 'labels' is 2")]
    [InlineData("GC0201", "[|MeanSquaredError(x, x, Ones(2))|]", "[2] and [2, 3] do not broadcast: axis 0 of 'weights' is 2 and axis 1 of 'x' is 3")]
    [InlineData("GC0201", "[|L1(x, x, Ones(1, 2, 3))|]", "L1: 'weights' [1, 2, 3] does not broadcast to [2, 3]")]
    [InlineData("GC0201", "[|Huber(x[.., ..1], x[.., ..1], weights: x)|]", "'x' [2, 3] does not broadcast to [2, 1]")]
    [InlineData("GC0202", "[|CrossEntropy(x, labels, classWeights: x)|]", "'x' has the shape [2, 3] and needs one axis, the classes of [2, 3]")]
    [InlineData("GC0205", "[|CrossEntropy(x, labels, labelSmoothing: 1.5f)|]", "labelSmoothing 1.5 must be from 0 to 1")]
    [InlineData("GC0201", "[|LayerNorm(x, Ones(2))|]", "the last axis of 'x' is 3 and axis 0 of 'weight' is 2")]
    [InlineData("GC0201", "[|x.Squeeze(0)|]", "axis 0 of [2, 3] is 2")]
    [InlineData("GC0202", "[|CrossEntropy(x.Unsqueeze(0), labels)|]", "logits [1, 2, 3] and labels [2]: 'labels' has 1 axes and needs 2")]
    [InlineData("GC0202", "[|MatMul(x, x.Sum())|]", "needs at least one axis")]
    [InlineData("GC0202", "[|Transpose(x[0])|]", "needs at least 2 axes")]
    [InlineData("GC0202", "[|Huber(x, x[0])|]", "the shapes must be the same")]
    [InlineData("GC0202", "[|x[0, 0, 0]|]", "3 selectors are more than the axes of [2, 3]")]
    [InlineData("GC0202", "[|Permute(x, 0)|]", "does not name each axis of [2, 3] once")]
    [InlineData("GC0202", "[|Concat([x, x[0]])|]", "has 1")]
    [InlineData("GC0201", "[|Attention(Ones(2, 5, 4), Ones(2, 7, 4), Ones(2, 6, 4))|]",
        "Attention: query [2, 5, 4], key [2, 7, 4] and value [2, 6, 4]: axis 1 of 'key' is 7 and axis 1 of 'value' is 6")]
    [InlineData("GC0201", "[|Attention(x.Unsqueeze(0), Ones(1, 7, 4), Ones(1, 7, 4))|]", "axis 2 of 'x.Unsqueeze(0)' is 3 and axis 2 of 'key' is 4")]
    [InlineData("GC0201", "[|Attention(Ones(3, 2, 5, 4), Ones(2, 2, 5, 4), Ones(2, 2, 5, 4))|]", "axis 0 of 'query' is 3 and axis 0 of 'key' is 2")]
    [InlineData("GC0201", "[|Attention(Ones(4, 5, 4), Ones(3, 5, 4), Ones(3, 5, 4))|]", "the 4 heads of 'query' (axis 0) are no multiple of the 3 of 'key'")]
    [InlineData("GC0201", "[|Attention(Ones(2, 1, 5, 4), Ones(2, 1, 6, 4), Ones(2, 1, 6, 4), keyMask: NotEqual(labels, 0))|]",
        "has the shape [2] and needs [2, 6], a truth value a key: axis 0 is 2 instead of 6")]
    [InlineData("GC0202", "[|Attention(Ones(1, 5, 4), Ones(1, 6, 4), Ones(1, 6, 4), keyMask: NotEqual(labels, 0).Unsqueeze(1))|]", "has the shape [2, 1] and needs [6]")]
    [InlineData("GC0202", "[|Attention(Ones(1, 5, 4), Ones(1, 6, 4), Ones(1, 6, 4), keyCount: labels)|]", "'labels' has the shape [2] and must be one number")]
    [InlineData("GC0202", "[|Attention(x, x, x)|]", "needs at least 3 axes")]
    [InlineData("GC0202", "[|Attention(Ones(1, 5, 4), Ones(5, 4), Ones(5, 4))|]", "'key' has 2 axes and 'query' has 3")]
    [InlineData("GC0205", "[|Attention(Ones(1, 5, 4), Ones(1, 6, 4), Ones(1, 6, 4), window: -1)|]", "the window -1 must be at least 0")]
    [InlineData("GC0205", "[|Attention(Ones(1, 5, 4), Ones(1, 6, 4), Ones(1, 6, 4), dropout: 1)|]", "the probability 1 must be at least 0 and below 1")]
    [InlineData("GC0205", "[|Attention(Ones(1, 5, 4), Ones(1, 6, 4), Ones(1, 6, 4), scale: float.NaN)|]", "must be finite")]
    // The C# compiler lets these pass, because Tensor<T> has the operators for bool.
    [InlineData("GC0203", "([|labels & labels|]).To<float>()", "'labels' is a tensor of int and must be one of bool")]
    [InlineData("GC0203", "([|!labels|]).To<float>()", "'labels' is a tensor of int and must be one of bool")]
    [InlineData("GC0203", "([|x.To<Half>() + x.To<Half>()|]).To<float>()", "'x.To<Half>()' is a tensor of Half, which is kept and moved but not computed with: take To<float>() of it")]
    [InlineData("GC0203", "([|x.To<BFloat16>() < x.To<BFloat16>()|]).To<float>()", "'x.To<BFloat16>()' is a tensor of BFloat16")]
    [InlineData("GC0203", "([|x.To<sbyte>() + x.To<sbyte>()|]).To<float>()", "is a tensor of sbyte, which is kept and moved but not computed with: take To<int>() of it")]
    [InlineData("GC0203", "([|-x.To<Half>()|]).To<float>()", "is a tensor of Half")]
    [InlineData("GC0203", "([|labels / labels|]).To<float>()", "'labels' is a tensor of int and must be one of float or double")]
    [InlineData("GC0203", "([|labels * 0.5|]).To<float>()", "0.5 is no int, and the other side is a tensor of int")]
    [InlineData("GC0203", "([|x.To<decimal>()|]).To<float>()", "To: there are no tensors of Decimal")]
    [InlineData("GC0203", "[|Gather(x, x[0].To<int>())|]", "Gather: what rows, classes and positions are taken by is computed of integers, without casts")]
    [InlineData("GC0203", "[|CrossEntropy(x, 1 + x[.., 0].To<int>())|]", "CrossEntropy: what rows")]
    [InlineData("GC0204", "[|Sum(x, 2)|]", "there is no axis 2; the tensor has the axes 0 to 1")]
    [InlineData("GC0204", "[|Softmax(x, -3)|]", "there is no axis -3")]
    [InlineData("GC0204", "[|x.Mean([0, 0])|]", "named twice")]
    [InlineData("GC0204", "x * [|x.Shape[2]|]", "the shape [2, 3] has no axis 2")]
    [InlineData("GC0205", "[|Dropout(x, 1)|]", "the probability 1 must be at least 0 and below 1")]
    [InlineData("GC0205", "[|x.Slice(0, 1, 2)|]", "2 positions from 1 in steps of 1 are not all in axis 0 of [2, 3]")]
    [InlineData("GC0205", "[|x[.., 3..]|]", "3..3 is not a part of axis 1 of [2, 3]")]
    [InlineData("GC0205", "[|x[2]|]", "axis 0 of [2, 3] has no position 2")]
    [InlineData("GC0205", "[|Split(x, 2)|][0]", "axis 1 of [2, 3] is 3, which has no 2 equal parts")]
    [InlineData("GC0205", "[|Clamp(x, 1, 0)|]", "min 1 is above max 0")]
    [InlineData("GC0205", "[|Huber(x, x, 0)|]", "delta 0 must be above 0")]
    [InlineData("GC0205", "[|Zeros(2, 0)|]", "[2, 0] is not a shape")]
    [InlineData("GC0205", "[|Concat([])|]", "at least one tensor")]
    [InlineData("GC0204", "[|LogSumExp(x, 2)|]", "LogSumExp: there is no axis 2")]
    [InlineData("GC0204", "[|Std(x, [1, -1])|]", "Std: an axis is named twice")]
    [InlineData("GC0204", "[|CumSum(x, -3)|]", "CumSum: there is no axis -3; the tensor has the axes 0 to 1")]
    [InlineData("GC0204", "[|Flip(x, 2)|]", "Flip: there is no axis 2")]
    [InlineData("GC0204", "[|Pad(x, -3, 1, 1)|]", "Pad: there is no axis -3")]
    [InlineData("GC0204", "[|ArgMax(x, 5)|].To<float>()", "ArgMax: there is no axis 5; the tensor has the axes 0 to 1")]
    [InlineData("GC0205", "[|Var(x, 0, correction: 2)|]", "Var: there are at most 2 elements to take it over, and the correction 2 needs more")]
    [InlineData("GC0205", "[|Std(x[0, 0])|]", "Std: there is 1 element to take it over, and the correction 1 needs more")]
    [InlineData("GC0205", "[|Var(x, 0, correction: -1)|]", "Var: the correction -1 must be at least 0")]
    [InlineData("GC0205", "[|Pad(x, 0, -1, 0)|]", "Pad: -1 positions before and 0 after must be at least 0")]
    [InlineData("GC0205", "[|Pad(x, [1, 2, 3])|]", "Pad: the padding has 3 numbers; [2, 3] takes two for each of its last axes, at most 4")]
    [InlineData("GC0205", "[|OneHot(labels, 0)|]", "OneHot: the number of classes, 0, must be at least 1")]
    [InlineData("GC0203", "[|Gather(x, ArgMax(y, 0))|]", "Gather: what rows, classes and positions are taken by is computed of integers")]
    [InlineData("GC0203", "[|CrossEntropy(x, ArgMin(x, 1) + labels)|]", "CrossEntropy: what rows, classes and positions are taken by is computed of integers")]
    [InlineData("GC0201", "Einsum([|\"ij,jk->ik\"|], x, y)", "Einsum \"ij,jk->ik\": 'j' is 3 (axis 1 of 'x') and 4 (axis 0 of 'y')")]
    [InlineData("GC0201", "Einsum([|\"...,...\"|], x, y)", "'...' is 2 (axis 0 of 'x') and 4 (axis 0 of 'y')")]
    [InlineData("GC0202", "Einsum([|\"ijk,ik\"|], x, y)", "'ijk' has 3 labels and 'x' has the shape [2, 3]")]
    [InlineData("GC0202", "Einsum([|\"...ijk\"|], x)", "'...ijk' has 3 labels and 'x' has the shape [2, 3]")]
    [InlineData("GC0205", "Einsum(operands: [x], equation: [|\"ij,jk\"|])", "it has the axes of 2 operands, separated by ',', and there are 1")]
    [InlineData("GC0205", "Einsum([|\"i1\"|], x)", "'1' is no label: axes are letters")]
    [InlineData("GC0205", "Einsum([|\"ij->i->j\"|], x)", "\"->\" stands in it twice")]
    [InlineData("GC0205", "Einsum([|\"...i...\"|], x)", "\"...\" stands twice in '...i...'")]
    [InlineData("GC0205", "Einsum([|\"ij->ik\"|], x)", "'k' of the result is no axis of an operand")]
    [InlineData("GC0205", "Einsum([|\"ij->ii\"|], x)", "'i' is an axis of the result twice")]
    [InlineData("GC0206", "[|BroadcastTo(x, 1000000000, 2, 3)|]", "more than 2,147,483,647 elements")]
    public void Says_what_does_not_fit(string id, string expression, string text, string members = "") =>
        Assert.Contains(text, Text(id, expression, members), StringComparison.Ordinal);

    [Theory]
    [InlineData("GC0205", "[|Dropout(x, 1.5f)|]", "the probability 1.5 must")]
    [InlineData("GC0205", "[|Clamp(x, 0.25f, -0.1f)|]", "min 0.25 is above max -0.1")]
    [InlineData("GC0204", "[|Softmax(x, -3)|]", "there is no axis -3")]
    [InlineData("GC0205", "[|x[-4]|]", "has no position -2")]
    [InlineData("GC0206", "[|BroadcastTo(x, 1000000000, 2, 3)|]", "more than 2,147,483,647 elements")]
    public void Text_is_the_same_in_every_culture(string id, string expression, string text)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = "minus";
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = "'";
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            Assert.Contains(text, Text(id, expression), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void In_built_in_modules_the_users_call_is_marked() => Assert.Contains(
        "hidden1 (Linear): MatMul: [2, 3] · [16, 700]ᵀ: the inner axes differ: 3 (axis 1 of 'x') and 700 (axis 1 of 'hidden1.weight')",
        Text("GC0201", "Relu([|hidden1.Forward(x)|])", "readonly Linear hidden1 = new(700, 16);"),
        StringComparison.Ordinal);

    [Fact]
    public void Inside_sequential_the_users_call_is_marked() => Assert.Contains(
        "net (Sequential): MatMul: [2, 5] · [6, 4]ᵀ: the inner axes differ: 5 (axis 1 of 'net.Forward(x)') and 4 (axis 1 of 'net.2.weight')",
        Text("GC0201", "Relu([|net.Forward(x)|])", "readonly Sequential net = new(new Linear(3, 5), new Relu(), new Linear(4, 6));"),
        StringComparison.Ordinal);

    [Fact]
    public void In_user_modules_their_expression_is_marked()
    {
        var diagnostic = Reading.Reject("GC0201", """
            [Module] class Block(int width)
            {
                readonly Linear inner = new(width, 5);
                public Tensor Forward(Tensor x) => [|x + inner.Forward(x)|];
            }
            [Graph] partial class Net
            {
                readonly Block[] blocks = [new(3)];
                public Tensor F([Shape(2, 3)] Tensor x) => blocks[0].Forward(x);
                public Tensor G([Shape(2, 3)] Tensor x) => F(x);
            }
            """);

        Assert.Equal("GC0201: blocks.0: +: [2, 3] and [2, 5] do not broadcast: axis 1 of 'x' is 3 and axis 1 of 'inner.Forward(x)' is 5", diagnostic.ToString());
    }

    [Fact]
    public void Named_dimensions_are_named() => Assert.Contains(
        "[batch, 3] and [2, 3] do not broadcast: axis 0 of 'x' is batch and axis 0 of 'y' is 2",
        Reading.Reject("GC0201", "[Graph, Dim(\"batch\", Max = 9)] partial class Net { public Tensor F([Shape(\"batch\", 3)] Tensor x, [Shape(2, 3)] Tensor y) => [|x + y|]; }")
            .ToString(),
        StringComparison.Ordinal);

    [Fact]
    public void The_size_of_a_head_is_a_constant() => Assert.Contains(
        "axis 2, the size of a head, is width and must be a constant",
        Reading.Reject("GC0302", "[Graph, Dim(\"width\", Max = 9)] partial class Net { public Tensor F([Shape(2, 3, \"width\")] Tensor x) => [|Attention(x, x, x)|]; }").ToString(),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("GC0202", "2, 3, 1", "'G' takes 'z' of shape [2, 3, 1], with 3 axes, but gets [2, 3], with 2")]
    [InlineData("GC0201", "2, 4", "'G' takes 'z' of shape [2, 4] but gets [2, 3]: axis 1 is 3 instead of 4")]
    public void Stated_shapes_of_called_methods_are_checked(string id, string shape, string text) =>
        Assert.Contains(text, Text(id, "[|G(x)|]", $"Tensor G([Shape({shape})] Tensor z) => z;"), StringComparison.Ordinal);
}
