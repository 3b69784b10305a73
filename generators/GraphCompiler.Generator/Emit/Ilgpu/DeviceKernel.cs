using System;
using System.Collections.Generic;
using GraphCompiler.Generator.Emit.Cpu;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Emit.Ilgpu;

/// <summary>A type parameter of a kernel method, for which the host passes one of two structs.</summary>
/// <param name="Parameter">The type parameter.</param>
/// <param name="Contract">The interface that it implements.</param>
/// <param name="Condition">The member of the program's base class that decides.</param>
/// <param name="WhenTrue">What is passed if it holds.</param>
/// <param name="WhenFalse">What is passed if not.</param>
internal sealed record KernelChoice(string Parameter, string Contract, string Condition, string WhenTrue, string WhenFalse)
{
    public static KernelChoice Reduction { get; } = new("TReduction", "IGroupReduction", "UsesWarps", "WarpReduction", "SharedReduction");
}

/// <summary>A kernel method without its name, so that equal ones can be recognised.</summary>
/// <param name="Name">The name it would like, which says what it does and for what sizes.</param>
/// <param name="Parameters">What a launch passes: buffers, sizes, the random state.</param>
/// <param name="Body">The statements between the braces.</param>
/// <param name="Launch">How many groups of how many threads: a call of the program's base class, over the text of sizes.</param>
/// <param name="Reduces">Whether threads of a group combine their values, in a form that the device decides.</param>
/// <param name="Structs">Operator structs that belong to it, with "@" where its name goes; empty if there are none.</param>
internal sealed record DeviceKernel(
    string Name, IReadOnlyList<KernelParameter> Parameters, string Body, Func<Func<Dim, string>, string> Launch, bool Reduces = false, string Structs = "")
{
    /// <summary>How its product is computed, where that depends on the device.</summary>
    public KernelChoice? Product { get; init; }

    /// <summary>What the host decides when it loads the kernel; null if there is nothing.</summary>
    public KernelChoice? Choice => Reduces ? KernelChoice.Reduction : Product;

    /// <summary>How many floats of memory its parameter "workspace" needs; what one launch of a kernel leaves there, the next ones read.</summary>
    public long WorkspaceFloats { get; init; }

    /// <summary>Whether it only copies one buffer to another: nothing, where both lie in one place.</summary>
    public bool IsCopy { get; init; }
}
