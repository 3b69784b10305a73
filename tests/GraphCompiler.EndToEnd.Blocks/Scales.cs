using GraphCompiler;

#if IN_THE_PROJECT_OF_THE_GRAPHS
namespace GraphCompiler.EndToEnd.OwnBlocks;
#else
namespace GraphCompiler.EndToEnd.Blocks;
#endif

/// <summary>Only the modules see these; the tests have a class of the same name that says otherwise.</summary>
static class Scales
{
    public const float Residual = 1f / Parts;

    public const float Penalty = 1e-3f;

    const int Parts = 2;

    public static Tensor Energy(this Tensor x) => Ops.Mean(Ops.Square(x));
}
