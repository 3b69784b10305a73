using System.Reflection;
using GraphCompiler.Generator.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Frontend;

public sealed class OperationTests
{
    static Graph Read(string expression, string shape = "2, 3") =>
        Reading.AcceptMembers($"public Tensor F([Shape({shape})] Tensor x, [Shape({shape})] Tensor y, [Shape(2)] Tensor<int> n) => {expression};").Methods[0].Graph;

    /// <summary>The operations on the way to the result, without leaves and layout of constants.</summary>
    static string Operations(Graph graph) => string.Join(" ", graph.Nodes.Where(n => n.Op is not (Op.Input or Op.Constant)).Select(n => n.Op));

    [Theory]
    [InlineData("-x", "Negate")]
    [InlineData("+x * y", "Multiply")]
    [InlineData("1 - x", "Subtract")]
    [InlineData("x / 2.5", "Divide")]
    [InlineData("Pow(x, y)", "Power")]
    [InlineData("Pow(x, 2)", "Multiply")]
    [InlineData("Pow(x, 0.5)", "Sqrt")]
    [InlineData("Pow(2, x)", "Power")]
    [InlineData("Sqrt(x)", "Sqrt")]
    [InlineData("Rsqrt(x)", "ReciprocalSqrt")]
    [InlineData("Exp(x)", "Exp")]
    [InlineData("Log(x)", "Log")]
    [InlineData("Abs(x)", "Abs")]
    [InlineData("Sign(x)", "Sign")]
    [InlineData("Floor(x)", "Floor")]
    [InlineData("Sin(x)", "Sin")]
    [InlineData("Cos(x)", "Cos")]
    [InlineData("Erf(x)", "Erf")]
    [InlineData("Square(x)", "Multiply")]
    [InlineData("Maximum(x, 0)", "Maximum")]
    [InlineData("Minimum(x, y)", "Minimum")]
    [InlineData("Clamp(x, -1, 1)", "Greater Select Less Select")]
    [InlineData("Clamp(x, min: 0)", "Less Select")]
    [InlineData("Select(x < y & !(x >= 0), x, y)", "Less GreaterOrEqual Not And Select")]
    [InlineData("Select(x > y | x <= 0, 1, y)", "Greater LessOrEqual Or Select")]
    [InlineData("Select(Equal(x, y), x, 0)", "Equal Select")]
    [InlineData("NotEqual(n, 1).To<float>()", "NotEqual Cast")]
    [InlineData("n.To<float>()", "Cast")]
    [InlineData("x.To<float>()", "")]
    [InlineData("x.To<Half>().To<BFloat16>().To<int>().To<bool>().To<float>()", "Cast Cast Cast Cast Cast")]
    [InlineData("x.To<short>().To<sbyte>().To<byte>().To<float>()", "Cast Cast Cast Cast")]
    [InlineData("(x.To<sbyte>()[1..].To<int>() * 3).To<float>()", "Cast Slice Cast Multiply Cast")]
    [InlineData("(x.To<double>() / 3 < 0.5).To<float>()", "Cast Divide Less Cast")]
    [InlineData("Select(x > 0, 1 - x.To<long>(), x.To<long>()).To<float>()", "Greater Cast Subtract Select Cast")]
    [InlineData("x.To<BFloat16>()[1..].Transpose().To<float>()", "Cast Slice Permute Cast")]
    [InlineData("(x > y).To<Half>().To<float>()", "Greater Cast Cast")]
    [InlineData("Relu(x)", "Relu")]
    [InlineData("LeakyRelu(x)", "Greater Multiply Select")]
    [InlineData("Sigmoid(x)", "Sigmoid")]
    [InlineData("Tanh(x)", "Tanh")]
    [InlineData("Gelu(x)", "Gelu")]
    [InlineData("GeluTanh(x)", "GeluTanh")]
    [InlineData("Silu(x)", "Silu")]
    [InlineData("Softplus(x)", "Softplus")]
    [InlineData("Softmax(x)", "Softmax")]
    [InlineData("LogSoftmax(x, 0)", "LogSoftmax")]
    [InlineData("Sum(x)", "ReduceSum Reshape")]
    [InlineData("x.Sum([0, -1], keepDims: true)", "ReduceSum")]
    [InlineData("x.Max(axis: 1)", "ReduceMax Reshape")]
    [InlineData("Min(x, [])", "")]
    [InlineData("Mean(x, 0)", "ReduceMean Reshape")]
    [InlineData("LogSumExp(x, -1)", "LogSumExp Reshape")]
    [InlineData("LogSumExp(x, [])", "")]
    [InlineData("Var(x, keepDims: true, axis: 1)", "Variance Multiply")]
    [InlineData("Var(x, [0, 1], correction: 0)", "Variance Reshape")]
    [InlineData("Std(x, 0)", "Variance Multiply Reshape Equal Sqrt Select")]
    [InlineData("ArgMax(x, 1).To<float>()", "ArgMax Reshape Cast")]
    [InlineData("ArgMin(x, 0, keepDims: true).To<float>()", "ArgMin Cast")]
    [InlineData("ArgMin(x).To<float>()", "Reshape ArgMin Reshape Cast")]
    [InlineData("CumSum(x, -1, exclusive: true, reverse: true)", "CumulativeSum")]
    [InlineData("OneHot(n, 4)", "Iota Reshape Broadcast Equal Cast")]
    [InlineData("Flip(x, -1)", "Flip")]
    [InlineData("Pad(x, 1, 0, 0)", "")]
    [InlineData("Pad(x, 1, 0, 2)", "Pad")]
    [InlineData("Pad(x, [1, 0, 2, 3])", "Pad Pad")]
    [InlineData("Pad(x, 0, 1, 2, float.NegativeInfinity)", "Concat")]
    [InlineData("StopGradient(x)", "StopGradient")]
    [InlineData("LayerNorm(x)", "LayerNorm")]
    [InlineData("RmsNorm(x)", "RmsNorm")]
    [InlineData("CrossEntropy(x, n)", "CrossEntropy ReduceMean Reshape")]
    [InlineData("BinaryCrossEntropyWithLogits(x, y)", "BinaryCrossEntropy ReduceMean Reshape")]
    [InlineData("MeanSquaredError(x, y)", "Subtract Multiply ReduceMean Reshape")]
    [InlineData("L1(x, y)", "Subtract Abs ReduceMean Reshape")]
    [InlineData("Huber(x, y, 0.5f)", "Huber ReduceMean Reshape")]
    [InlineData("Dropout(x, 0)", "")]
    [InlineData("Dropout(x)", "Dropout")]
    [InlineData("Attention(x.Unsqueeze(0), x.Unsqueeze(0), y.Unsqueeze(0))", "Reshape Reshape Permute Permute Attention Permute")]
    [InlineData("Gather(x, n)", "Gather")]
    [InlineData("Gather(x, Arange(1))", "Iota Gather")]
    [InlineData("Gather(x, n + 1)", "Add Gather")]
    [InlineData("(Arange(4) - 3).To<float>()", "Iota Subtract Cast")]
    [InlineData("(2 * Arange(4) + n.Shape[0]).To<float>()", "Iota Multiply Add Cast")]
    [InlineData("(-Arange(4) <= Arange(4).Unsqueeze(1)).To<float>()", "Iota Negate Reshape Reshape Broadcast Broadcast LessOrEqual Cast")]
    [InlineData("MatMul(x, y.Transpose())", "Permute MatMul")]
    [InlineData("x.Transpose().MatMul(y)", "Permute MatMul")]
    [InlineData("MatMul(x[0], y[1])", "Slice Reshape Slice Reshape Reshape Reshape MatMul Reshape Reshape")]
    [InlineData("x - new float[] { 1, 2, 3 }", "ConstantArray Reshape Broadcast Subtract")]
    [InlineData("x * new float[] { 2, 2, 2 }", "Multiply")]
    [InlineData("MatMul(x, new double[,] { { 1 }, { 2 }, { 3 } })", "ConstantArray MatMul")]
    [InlineData("Gather(x, new[] { 1, 0, 1 }) + Constant(new[] { 1, 2, 3 })", "ConstantArray Gather ConstantArray Reshape Broadcast Add")]
    [InlineData("Select(new[,] { { true }, { false } }, x, y)", "ConstantArray Broadcast Select")]
    [InlineData("Constant(new int[][] { [1, 2, 3], [4, 5, 6] }) * x", "ConstantArray Multiply")]
    [InlineData("Zeros(2, 3) + Ones(3) * x + Full([1], 4)", "Multiply Add Add")]
    public void Appends_its_nodes(string expression, string operations) => Assert.Equal(operations, Operations(Read(expression)));

    [Theory]
    [InlineData("x.Reshape(4, -1)", "[4, 6]")]
    [InlineData("Reshape(x, [24])", "[24]")]
    [InlineData("Flatten(x)", "[2, 12]")]
    [InlineData("x.Flatten(0)", "[24]")]
    [InlineData("Unsqueeze(x, -1)", "[2, 3, 4, 1]")]
    [InlineData("Squeeze(Unsqueeze(x, 0), 0)", "[2, 3, 4]")]
    [InlineData("Transpose(x)", "[2, 4, 3]")]
    [InlineData("x.Transpose(0, -1)", "[4, 3, 2]")]
    [InlineData("Permute(x, 2, 0, 1)", "[4, 2, 3]")]
    [InlineData("BroadcastTo(x, 5, 2, 3, 4)", "[5, 2, 3, 4]")]
    [InlineData("x.Slice(1, 0, 2, step: 2)", "[2, 2, 4]")]
    [InlineData("x[1..]", "[1, 3, 4]")]
    [InlineData("x[.., ^1]", "[2, 4]")]
    [InlineData("x[-1, 1..^1, ..]", "[1, 4]")]
    [InlineData("x[0, 0, 0]", "[]")]
    [InlineData("x[..x.Shape[0], x.Shape[0]..]", "[2, 1, 4]")]
    [InlineData("Arange(5).To<float>()", "[5]")]
    [InlineData("Split(x, 2)[1]", "[2, 3, 2]")]
    [InlineData("Concat([x, y], axis: -1)", "[2, 3, 8]")]
    [InlineData("Stack([x, y], 1)", "[2, 2, 3, 4]")]
    [InlineData("x.Mean([0, 2])", "[3]")]
    [InlineData("x.Max(-1, keepDims: true)", "[2, 3, 1]")]
    [InlineData("MatMul(x, y.Transpose(1, 2))", "[2, 3, 3]")]
    [InlineData("MatMul(x, Ones(4, 7))", "[2, 3, 7]")]
    [InlineData("MatMul(Ones(5, 3), x)", "[2, 5, 4]")]
    [InlineData("MatMul(x.Unsqueeze(1), Ones(6, 4, 5))", "[2, 6, 3, 5]")]
    [InlineData("MatMul(x, Ones(4))", "[2, 3]")]
    [InlineData("MatMul(Ones(3), x)", "[2, 4]")]
    [InlineData("x + Ones(3, 1)", "[2, 3, 4]")]
    [InlineData("Attention(x, y, y)", "[2, 3, 4]")]
    [InlineData("Attention(x, Ones(1, 9, 4), Ones(1, 9, 4), causal: true, window: 3, keyMask: NotEqual(Arange(9), 2), scale: 2, dropout: 0.5f, keyCount: n[0])", "[2, 3, 4]")]
    [InlineData("Gather(x, n)", "[2, 3, 4]")]
    [InlineData("LogSumExp(x, [0, 2])", "[3]")]
    [InlineData("Var(x, 1)", "[2, 4]")]
    [InlineData("ArgMax(x, -2).To<float>()", "[2, 4]")]
    [InlineData("OneHot(n, 9)", "[2, 9]")]
    [InlineData("Flip(x, 1)", "[2, 3, 4]")]
    [InlineData("Pad(x, -1, 2, 3)", "[2, 3, 9]")]
    public void Has_the_shape(string expression, string shape) =>
        Assert.Equal(shape, Read(expression, "2, 3, 4").Outputs[0].Node.Shape.ToString());

    [Theory]
    [InlineData("Ones(9)[..x.Shape[1]]", "[time]")]
    [InlineData("Ones(9).Slice(0, 1, x.Shape[1])", "[time]")]
    [InlineData("Ones(16)[x.Shape[1]..(2 * x.Shape[1])]", "[time]")]
    [InlineData("x[.., ^1]", "[batch, 4]")]
    [InlineData("x[.., ^1..]", "[batch, 1, 4]")]
    [InlineData("x[.., 0]", "[batch, 4]")]
    [InlineData("x[..^0, ..x.Shape[1]]", "[batch, time, 4]")]
    [InlineData("x.Reshape(x.Shape[0] * x.Shape[1], -1)", "[batch·time, 4]")]
    [InlineData("x.Flatten(0)", "[4·batch·time]")]
    [InlineData("x.Reshape([.. x.Shape[..2], 2, 2])", "[batch, time, 2, 2]")]
    [InlineData("(Arange(x.Shape[1]) * 2).To<float>()", "[time]")]
    [InlineData("Var(Flip(x, 1), [0, 1])", "[4]")]
    [InlineData("OneHot(ArgMax(x, 0), x.Shape[0])", "[time, 4, batch]")]
    [InlineData("Pad(x, 1, 0, 0)", "[batch, time, 4]")]
    public void Has_the_named_shape(string expression, string shape)
    {
        var model = Reading.Accept(
            "[Graph, Dim(\"batch\", Max = 4), Dim(\"time\", Max = 8)] partial class Net { public Tensor F([Shape(\"batch\", \"time\", 4)] Tensor x) => " + expression + "; }");
        Assert.Equal(shape, model.Methods[0].Graph.Outputs[0].Node.Shape.ToString());
    }

    [Fact]
    public void A_cast_takes_its_type_from_a_type_parameter() => Assert.Equal(
        [ElementType.Float16, ElementType.BFloat16, ElementType.Float32],
        Reading.AcceptMembers("""
            public Tensor F([Shape(2)] Tensor x) => Through<BFloat16>(Through<Half>(x)).To<float>();
            static Tensor<T> Through<T>(Tensor x) where T : unmanaged => x.To<T>();
            static Tensor<T> Through<T>(Tensor<Half> x) where T : unmanaged => x.To<T>();
            """).Methods[0].Graph.Nodes.Where(n => n.Op == Op.Cast).Select(n => n.Type));

    [Fact]
    public void Each_dropout_has_its_own_stream() => Assert.Equal(
        [0, 1], Read("Dropout(x, 0.5f) + Dropout(x, 0.5f)").Nodes.Where(n => n.Op == Op.Dropout).Select(n => n.Get<DropoutAttributes>().Stream));

    [Fact]
    public void Scalars_are_rounded_to_float() =>
        Assert.All(Read("x * 0.1").Nodes.Where(n => n.Op == Op.Constant), n => Assert.Equal((double)0.1f, n.Value));

    [Fact]
    public void Every_operation_of_the_language_is_known()
    {
        var methods = new[] { typeof(Ops), typeof(Tensor), typeof(Tensor<int>) }
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(method => method.Name)
            .Where(name => !name.StartsWith("get_", StringComparison.Ordinal) && name != "op_Implicit");

        Assert.Empty(methods.Except(GraphCompiler.Generator.Language.Operations.Names));
    }
}
