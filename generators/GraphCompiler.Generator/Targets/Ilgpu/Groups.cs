using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>Where a thread is, in the text of kernels.</summary>
internal static class Groups
{
    /// <summary>The number of the thread's group.</summary>
    public static Expression Group { get; } = Expression.Primary("Grid.IdxX");

    /// <summary>How many threads a group has.</summary>
    public static Expression Size { get; } = Expression.Primary("Group.DimX");

    /// <summary>The number of the thread in its group.</summary>
    public static Expression Thread { get; } = Expression.Primary("Group.IdxX");
}
