using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Blocks
{
    /// <summary>Not what the blocks of this namespace mean by it.</summary>
    static class Scales
    {
        public const float Residual = 100f, Penalty = 100f;
    }
}

namespace GraphCompiler.EndToEnd.Tests
{
    /// <summary>A classifier of modules that another project declares.</summary>
    [Graph, Dim("batch", Max = 16)]
    public sealed partial class LibraryNet
    {
        public const int Features = 12, Classes = 5;

        readonly Linear input = new(Features, 24);
        readonly Blocks.Tower<Blocks.Residual> tower = new(3, i => new Blocks.Residual(new Blocks.ResidualOptions(24, i + 1) { Dropout = 0.2f }));
        readonly Linear output = new(24, Classes);

        public Tensor Logits([Shape("batch", Features)] Tensor x) => output.Forward(tower.Forward(input.Forward(x)));

        [Objective]
        public Tensor Loss([Shape("batch", Features)] Tensor x, [Shape("batch")] Tensor<int> labels) => Blocks.Losses.Calibrated(Logits(x), labels);
    }

    /// <summary>The same of the same modules in this project.</summary>
    [Graph, Dim("batch", Max = 16)]
    public sealed partial class OwnNet
    {
        readonly Linear input = new(LibraryNet.Features, 24);
        readonly OwnBlocks.Tower<OwnBlocks.Residual> tower = new(3, i => new OwnBlocks.Residual(new OwnBlocks.ResidualOptions(24, i + 1) { Dropout = 0.2f }));
        readonly Linear output = new(24, LibraryNet.Classes);

        public Tensor Logits([Shape("batch", LibraryNet.Features)] Tensor x) => output.Forward(tower.Forward(input.Forward(x)));

        [Objective]
        public Tensor Loss([Shape("batch", LibraryNet.Features)] Tensor x, [Shape("batch")] Tensor<int> labels) => OwnBlocks.Losses.Calibrated(Logits(x), labels);
    }
}
