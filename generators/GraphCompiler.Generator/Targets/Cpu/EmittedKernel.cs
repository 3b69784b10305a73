using System.Collections.Generic;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>A kernel method without its name, so that equal ones can be recognised.</summary>
/// <param name="Name">The name it would like, which says what it does and for what sizes.</param>
/// <param name="Parameters">Its parameters after the worker.</param>
/// <param name="Body">The statements between the braces.</param>
/// <param name="Structs">Operator structs that belong to it, with "@" where its name goes; empty if there are none.</param>
/// <param name="ScratchFloats">How much scratch memory each worker needs for it.</param>
internal sealed record EmittedKernel(
    string Name, IReadOnlyList<KernelParameter> Parameters, string Body, string Structs = "", int ScratchFloats = 0)
{
    /// <summary>The size of an attention's heads, on which its scratch memory depends; 0 for other kernels.</summary>
    public long AttentionHeadSize { get; init; }
}
