using GraphCompiler.Generator.Tests.Frontend;
using Xunit;

namespace GraphCompiler.Generator.Tests.Diagnostics;

public sealed class ParameterDiagnosticTests
{
    const string Method = "public Tensor F([Shape(3)] Tensor x) => x;";

    [Theory]
    [InlineData("GC0401", "readonly Parameter [|weight|] = new([3]); " + Method)]
    [InlineData("GC0402", "readonly Parameter weight = new([3]), [|_weight|] = new([3]); public Tensor F([Shape(3)] Tensor x) => x * weight * _weight;")]
    [InlineData("GC0402", "readonly Parameter a = new([3]); [Name(\"a\")] readonly Parameter [|b|] = new([3]); public Tensor F([Shape(3)] Tensor x) => x * a * b;")]
    [InlineData("GC0403", "readonly Parameter weight = [|new([3, 0])|]; " + Method)]
    [InlineData("GC0403", "readonly Linear layer = [|new(3, -1)|]; " + Method)]
    [InlineData("GC0205", "readonly Parameter weight = [|new([3], Init.XavierNormal())|]; " + Method)]
    [InlineData("GC0205", "readonly Parameter weight = new([3], [|Init.Normal(0, -1)|]); " + Method)]
    [InlineData("GC0205", "readonly Parameter weight = new([3], [|Init.Uniform(1, 0)|]); " + Method)]
    [InlineData("GC0205", "readonly Parameter weight = new([3], [|Init.Constant(double.NaN)|]); " + Method)]
    [InlineData("GC0205", "readonly Parameter weight = [|new([3], Init.ZeroRow(Init.Ones, 3))|]; " + Method)]
    [InlineData("GC0307", "readonly Embedding table = [|new(4, 3, paddingIndex: -5)|]; " + Method)]
    [InlineData("GC0206", "readonly Parameter weight = [|new([70000, 70000])|]; " + Method)]
    public void Is_reported_at_its_place(string id, string members) => Reading.RejectMembers(id, members);

    [Fact]
    public void An_unused_parameter_of_a_built_in_module_marks_the_users_field()
    {
        var diagnostics = Reading.Read(
            Reading.Compile(Reading.InClass("readonly Linear layer = new(3, 4); public Tensor F([Shape(3)] Tensor x) => MatMul(layer.Weight, x);"))).Diagnostics;

        var unused = Assert.Single(diagnostics);
        Assert.Equal("GC0401: The parameter 'layer.bias' [4] is used by no graph method, so training can never change it: use it or remove it", unused.ToString());
    }

    [Fact]
    public void An_unused_module_is_reported_once_per_place()
    {
        var reading = Reading.Read(Reading.Compile(Reading.InClass("readonly Linear layer = new(3, 4); " + Method)));

        Assert.Equal("GC0401", Assert.Single(reading.Diagnostics).Descriptor.Id);
        Assert.NotNull(reading.Model);
    }

    [Fact]
    public void A_parameter_that_no_field_holds_has_no_name() => Reading.Reject("GC0404", """
        [Module] class Loose
        {
            Func<Parameter> make;
            public Loose() { var hidden = new Parameter([3]); make = () => hidden; }
            public Tensor Forward(Tensor x) => [|x * make()|];
        }
        [Graph] partial class Net { readonly Loose loose = new(); public Tensor F([Shape(3)] Tensor x) => loose.Forward(x); }
        """);

    [Theory]
    [InlineData("\"wieght\"", "GC0407: The pattern 'wieght' fits no parameter of 'Net', which has layer.weight, layer.bias: correct it or remove it")]
    [InlineData("\"layer.weight\", Except = [\"*.gain\"]", "GC0407: The pattern '*.gain' fits no parameter of 'Net', which has layer.weight, layer.bias: correct it or remove it")]
    [InlineData("\"*\"", "GC0013: No parameter changes the objective 'F', so there is nothing to train: compute it with the class's parameters that are not frozen, or remove [Objective]")]
    public void What_is_to_be_frozen_is_there_and_leaves_something_to_train(string arguments, string message)
    {
        var reading = Reading.Read(Reading.Compile($$"""
            [Graph, Freeze({{arguments}})]
            partial class Net
            {
                readonly Linear layer = new(3, 3);

                [Objective]
                public Tensor F([Shape(3)] Tensor x) => Sum(MatMul(layer.Weight, x) + layer.Bias!);
            }
            """));

        Assert.Equal(message, Assert.Single(reading.Diagnostics).ToString());
        Assert.Null(reading.Model);
    }

    [Theory]
    [InlineData("Parameter<Float8E4M3> p = new([3]);", "GC0409: 'p' is a Parameter<Float8E4M3> in a class with an objective, and only parameters of floats, BFloat16 and Half are trained: mark its field [Frozen], or declare it as one of these")]
    [InlineData("Parameter<double> p = new([3]);", "GC0409: 'p' is a Parameter<double> in a class with an objective, and only parameters of floats, BFloat16 and Half are trained: mark its field [Frozen], or declare it as one of these")]
    [InlineData("Parameter<float> p = new([3]);", "GC0203: a parameter of floats is a Parameter, without a type argument")]
    [InlineData("Parameter<char> p = new([3]);", "GC0203: there are no parameters of Char: tensors are Tensor, Tensor<BFloat16>, Tensor<Half>, Tensor<Float8E4M3>, Tensor<Float8E5M2>, Tensor<double>, Tensor<long>, Tensor<int>, Tensor<short>, Tensor<sbyte>, Tensor<byte>, Tensor<bool>")]
    [InlineData("Parameter<sbyte> p = new([3], Init.Constant(128));", "GC0205: parameters of sbyte begin with one whole number from -128 to 127: Init.Constant(...)")]
    [InlineData("Parameter<bool> p = new([3], Init.Uniform(0, 1));", "GC0205: parameters of bool begin with one whole number from 0 to 1: Init.Constant(...)")]
    [InlineData("Parameter<Float8E4M3> p = new([3], Init.Normal(0, 100));", "GC0205: first values up to 600 are beyond the range of Float8E4M3, which ends at 448")]
    public void Parameters_have_a_type_that_there_is_and_first_values_of_it(string parameter, string message)
    {
        var reading = Reading.Read(Reading.Compile($$"""
            [Graph]
            partial class Net
            {
                readonly Parameter w = new([3]);
                readonly {{parameter}}

                [Objective] public Tensor F([Shape(3)] Tensor x) => Sum(w * x * p.To<float>());
            }
            """));

        Assert.Equal(message, Assert.Single(reading.Diagnostics).ToString());
        Assert.Null(reading.Model);
    }

    [Fact]
    public void Rows_are_not_taken_by_parameters()
    {
        var reading = Reading.Read(Reading.Compile("""
            [Graph]
            partial class Net
            {
                readonly Parameter table = new([3, 4]);
                readonly Parameter<int> row = new([2]);

                public Tensor F() => Gather(table, row + 1);
            }
            """));

        Assert.Equal(
            "GC0203: Gather: what rows, classes and positions are taken by is computed of integers, without casts: its range is checked before anything runs",
            Assert.Single(reading.Diagnostics).ToString());
    }

    [Theory]
    [InlineData("Graph(Weights = WeightFormat.Int8)", "[Objective]", "GC0408: 'Net' has packed weights, which are not trained: without [Objective] 'F' is computed like other methods")]
    [InlineData("Graph, Weights(WeightFormat.Int4, \"layer.bias\")", "", "GC0408: 'layer.bias' cannot be packed as Int4: packed weights are matrices that are right factors of products, all the same way round, or whose rows are looked up, and no adapters of LoRA")]
    [InlineData("Graph(Weights = (WeightFormat)7)", "", "GC0408: 7 is no format of weights: those are WeightFormat.Float32, WeightFormat.Int8, WeightFormat.Int4")]
    [InlineData("Graph, Weights((WeightFormat)7, \"layer\")", "", "GC0408: 7 is no format of weights: those are WeightFormat.Float32, WeightFormat.Int8, WeightFormat.Int4")]
    [InlineData("Graph, Weights(WeightFormat.Int8, \"wieght\")", "", "GC0407: The pattern 'wieght' fits no parameter of 'Net', which has layer.weight, layer.bias: correct it or remove it")]
    public void Weights_that_are_packed_can_be(string attributes, string objective, string message)
    {
        var reading = Reading.Read(Reading.Compile($$"""
            [{{attributes}}]
            partial class Net
            {
                readonly Linear layer = new(64, 64);

                {{objective}} public Tensor F([Shape(3, 64)] Tensor x) => Sum(layer.Forward(x));
            }
            """));

        Assert.Equal(message, Assert.Single(reading.Diagnostics).ToString());
        Assert.Null(reading.Model);
    }

    [Theory]
    [InlineData("Targets = \"*.q\"", "GC0407: The pattern '*.q' fits no linear layer of 'Net', which has layer, tied: correct it or remove it")]
    [InlineData("Rank = 0", "GC0205: Lora: the rank is at least 1, alpha finite, and the dropout from 0 to less than 1")]
    [InlineData("Dropout = 1", "GC0205: Lora: the rank is at least 1, alpha finite, and the dropout from 0 to less than 1")]
    [InlineData("Targets = \"tied\"", "GC0205: Lora: 'tied' shares its weight with another module, so an adapter could not be merged: leave it out of the targets")]
    public void What_is_to_be_adapted_is_there_and_can_be_merged(string arguments, string message)
    {
        var reading = Reading.Read(Reading.Compile($$"""
            [Module]
            class Tied
            {
                readonly Embedding words = new(5, 3);
                readonly Linear layer = new(3, 3), tied;

                public Tied() => tied = new(words.Weight);

                public Tensor Forward(Tensor<int> x) => tied.Forward(layer.Forward(words.Forward(x)));
            }

            [Graph, Lora({{arguments}})]
            partial class Net
            {
                [Name("")]
                readonly Tied network = new();

                [Objective]
                public Tensor F([Shape(3)] Tensor<int> x) => Sum(network.Forward(x));
            }
            """));

        Assert.Equal(message, Assert.Single(reading.Diagnostics).ToString());
        Assert.Null(reading.Model);
    }

    [Fact]
    public void A_class_with_parameters_is_a_module() => Reading.Reject("GC0404", """
        class Plain { readonly Parameter weight = [|new([3])|]; public Tensor Forward(Tensor x) => x * weight; }
        [Graph] partial class Net { readonly Plain plain = new(); public Tensor F([Shape(3)] Tensor x) => plain.Forward(x); }
        """);
}
