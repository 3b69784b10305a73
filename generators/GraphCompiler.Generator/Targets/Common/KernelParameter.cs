using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// What a call of a kernel method passes for one of its parameters. The kinds are closed: what is passed for each, and its C#
/// type, is for a target to say.
/// </summary>
/// <param name="Name">The parameter's name.</param>
internal abstract record KernelParameter(string Name);

/// <summary>The memory of a value.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Node">The value.</param>
internal sealed record BufferParameter(string Name, Node Node) : KernelParameter(Name);

/// <summary>The memory that a kernel works in.</summary>
/// <param name="Name">The parameter's name.</param>
internal sealed record WorkspaceParameter(string Name) : KernelParameter(Name);

/// <summary>The size of a named dimension.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Dimension">What the user calls it.</param>
internal sealed record DimensionParameter(string Name, string Dimension) : KernelParameter(Name);

/// <summary>The stream of random numbers that a mask takes; layers that differ in nothing else share a method.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Stream">The stream's number.</param>
internal sealed record RandomStreamParameter(string Name, int Stream) : KernelParameter(Name);

/// <summary>The seed of the program's random numbers.</summary>
/// <param name="Name">The parameter's name.</param>
internal sealed record RandomSeedParameter(string Name) : KernelParameter(Name);

/// <summary>The number of the step, from which random numbers follow.</summary>
/// <param name="Name">The parameter's name.</param>
internal sealed record RandomStepParameter(string Name) : KernelParameter(Name);

/// <summary>A number that differs from launch to launch of one method.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Number">The number.</param>
internal sealed record LaunchNumberParameter(string Name, long Number) : KernelParameter(Name);
