using System.Runtime.CompilerServices;
using GraphCompiler.Contracts;

namespace GraphCompiler.Kernels;

/// <summary>Lanes one by one, for what no instruction does with all of them.</summary>
[InlineArray(LanesContract.Widest)]
struct LaneLongs
{
    long first;
}

/// <inheritdoc cref="LaneLongs"/>
[InlineArray(LanesContract.Widest)]
struct LaneDoubles
{
    double first;
}

/// <inheritdoc cref="LaneLongs"/>
[InlineArray(LanesContract.Widest)]
struct LaneFloats
{
    float first;
}

/// <inheritdoc cref="LaneLongs"/>
[InlineArray(LanesContract.Widest)]
struct LaneInts
{
    int first;
}
