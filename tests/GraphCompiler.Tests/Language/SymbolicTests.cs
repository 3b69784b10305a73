using System.Reflection;
using Xunit;

namespace GraphCompiler.Tests.Language;

/// <summary>The language is read at build time; what runs at run time are the constructors of modules, and nothing else.</summary>
public sealed class SymbolicTests
{
    static void Throws(Action execute)
        => Assert.Contains("the compiler reads it at build time", Assert.Throws<InvalidOperationException>(execute).Message, StringComparison.Ordinal);

    [Fact]
    public void Operations_throw_when_executed()
    {
        var parameter = new Parameter([2, 3]);

        Throws(() => _ = parameter + 1f);
        Throws(() => _ = parameter < new Parameter([3]));
        Throws(() => _ = parameter[0]);
        Throws(() => _ = (Tensor)1f);
        Throws(() => parameter.Sum());
    }

    [Fact]
    public void Every_operation_throws_when_executed()
    {
        var methods = typeof(Ops).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly);
        Assert.True(methods.Length > 50);
        foreach (var declared in methods)
        {
            var method = declared.IsGenericMethodDefinition ? declared.MakeGenericMethod([.. declared.GetGenericArguments().Select(_ => typeof(float))]) : declared;
            object?[] arguments = [.. method.GetParameters().Select(p => p.ParameterType.IsValueType ? Activator.CreateInstance(p.ParameterType) : null)];
            Assert.IsType<InvalidOperationException>(Assert.Throws<TargetInvocationException>(() => method.Invoke(null, arguments)).InnerException);
        }
    }

    [Fact]
    public void Modules_are_constructed_as_they_stand()
    {
        ILayer[] layers =
        [
            new Linear(3, 4), new LayerNorm(4), new RmsNorm(4), new Dropout(), new Mlp(4, 8), new Relu(), new Gelu(), new GeluTanh(), new Silu(),
            new Sigmoid(), new Tanh(), new Softplus(), new Softmax(), new LogSoftmax(), new Flatten(),
        ];

        Throws(() => new Sequential(layers).Forward(new Parameter([1, 3])));
        Assert.Null(new Linear(3, 4, bias: false).Bias);
    }

    [Fact]
    public void The_shape_of_a_parameter_can_be_read_by_constructors()
    {
        var weight = new Embedding(7, 4).Weight;
        var (rows, width) = weight.Shape;
        int[] copy = weight.Shape;

        Assert.Equal((7, 4), (rows, width));
        Assert.Equal([7, 4], copy);
        Assert.Equal(4, weight.Shape[^1]);
        Assert.Equal(4, weight.Shape[-1]);
        Assert.Equal([4], weight.Shape[1..]);
        Assert.Equal((2, 28), (weight.Rank, weight.Size));
        Assert.Throws<InvalidOperationException>(() => { var (_, _, _) = weight.Shape; });
        Assert.Throws<ArgumentNullException>(() => new Parameter(null!));
    }

    [Fact]
    public void Every_initialiser_can_be_made() => Assert.All(
        [
            Init.Zeros, Init.Ones, Init.Constant(1), Init.Normal(), Init.Uniform(), Init.XavierUniform(), Init.XavierNormal(),
            Init.KaimingUniform(), Init.KaimingNormal(0, FanMode.Out), Init.ZeroRow(Init.Ones, 0),
        ],
        Assert.NotNull);
}
