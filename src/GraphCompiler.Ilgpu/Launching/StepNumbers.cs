using GraphCompiler.Contracts;

namespace GraphCompiler.Ilgpu.Launching;

/// <summary>
/// Where the numbers of a step lie, in floats from the beginning of a program's inputs: launches may be fixed in a graph, so nothing
/// that changes from step to step is an argument of theirs.
/// </summary>
static class StepNumbers
{
    /// <summary>The seed and the counter of random numbers, 8 bytes each.</summary>
    public const int Seed = 0, Step = 2;

    /// <summary>All of them: what follows begins at a cache line of a device.</summary>
    public const int Floats = MemoryContract.DeviceStepFloats;
}
