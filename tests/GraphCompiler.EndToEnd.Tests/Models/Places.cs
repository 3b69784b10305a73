using GraphCompiler;
using GraphCompiler.EndToEnd.Tests.Models;
using static GraphCompiler.Ops;

/// <summary>A model in no namespace.</summary>
[Graph]
sealed partial class ModelWithoutNamespace
{
    readonly Linear layer = new(3, 2);

    public Tensor Result([Shape(2, 3)] Tensor x) => layer.Forward(x);

    [Objective]
    public Tensor Loss([Shape(2, 3)] Tensor x) => Square(Result(x)).Mean();
}

namespace GraphCompiler.EndToEnd.Tests.Models
{
    /// <summary>Models inside other types.</summary>
    static partial class Places
    {
        public partial record struct Inner
        {
            [Graph]
            internal sealed partial class Model
            {
                readonly Stage stage = new(3, StageKind.Leaky, 1);

                internal Tensor Apply([Shape(2, 3)] Tensor x) => stage.Forward(x);

                [Objective]
                internal Tensor Loss([Shape(2, 3)] Tensor x) => Square(Apply(x)).Mean();
            }
        }
    }

    /// <summary>Arguments, methods, dimensions and fields with names that generated code might use for itself.</summary>
    [Graph, Dim("row", Max = 6), Dim("count", Max = 4)]
    internal sealed partial class AwkwardNames
    {
        readonly Linear worker = new(3, 3);
        readonly Parameter @class = new([3], Init.Ones);
        readonly Parameter count = new([3], Init.Zeros);

        public (Tensor Arena, Tensor @event) Execute(
            [Shape("row", 3)] Tensor Create, [Shape("row", 3)] Tensor Dispose, [Shape("row", 3)] Tensor @params, [Shape("row", 3)] Tensor V)
            => (worker.Forward(Create) * @class + Dispose, @params - V);

        public Tensor Step([Shape("count", "row", 3)] Tensor Parameters, [Shape("row", 3)] Tensor Options)
            => Parameters * Options + @class + count;

        [Objective]
        public Tensor Optimizer([Shape("row", 3)] Tensor RandomSeed, [Shape("row", 3)] Tensor RunsAlone, [Shape("row")] Tensor<int> Gradients)
            => CrossEntropy(worker.Forward(RandomSeed) * @class + RunsAlone + count, Gradients);
    }
}
