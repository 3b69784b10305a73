using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>A struct that the host passes for a type parameter where the device has what it needs.</summary>
/// <param name="Condition">The member of the program's base class that says so.</param>
/// <param name="Type">The struct.</param>
internal readonly record struct KernelForm(string Condition, string Type);

/// <summary>A type parameter of a kernel method, for which the host passes one of some structs.</summary>
/// <param name="parameter">The type parameter.</param>
/// <param name="contract">The interface that it implements.</param>
/// <param name="preferred">What is passed where it can be, the best first.</param>
/// <param name="otherwise">What every device can do.</param>
internal sealed class KernelChoice(string parameter, string contract, IReadOnlyList<KernelForm> preferred, string otherwise)
{
    public static KernelChoice Reduction { get; } = new("TReduction", "IGroupReduction", [new("UsesWarps", "WarpReduction")], "SharedReduction");

    public string Parameter => parameter;

    public string Contract => contract;

    public IReadOnlyList<KernelForm> Preferred => preferred;

    public string Otherwise => otherwise;

    /// <summary>Equal choices have equal texts.</summary>
    public override string ToString() => $"{parameter} = {string.Concat(preferred.Select(form => $"{form.Condition} ? {form.Type} : "))}{otherwise}";
}

/// <summary>Another struct that the host passes for a kernel's type parameter in launches of some sizes.</summary>
/// <param name="Condition">Which: an expression of the sizes.</param>
/// <param name="Suffix">What the kernel's launcher is called then, behind its own name.</param>
/// <param name="Type">The struct.</param>
internal sealed record LaunchChoice(string Condition, string Suffix, string Type);

/// <summary>A kernel method without its name, so that equal ones can be recognised.</summary>
/// <param name="Name">The name it would like, which says what it does and for what sizes.</param>
/// <param name="Parameters">What a launch passes: buffers, sizes, the random state.</param>
/// <param name="Body">The statements between the braces.</param>
/// <param name="Launch">How many groups of how many threads: a call of the program's base class, over the text of sizes.</param>
/// <param name="Reduces">Whether threads of a group combine their values, in a form that the device decides.</param>
/// <param name="Structs">Operator structs that belong to it, with "@" where its name goes; empty if there are none.</param>
internal sealed record DeviceKernel(
    string Name, IReadOnlyList<KernelParameter> Parameters, string Body, Func<Func<Dim, Expression>, string> Launch, bool Reduces = false, string Structs = "")
{
    /// <summary>Which template computes its product or attention, where that depends on the device.</summary>
    public KernelChoice? Template { get; init; }

    /// <summary>What the host decides when it loads the kernel; null if there is nothing.</summary>
    public KernelChoice? Choice => Reduces ? KernelChoice.Reduction : Template;

    /// <summary>Which other template computes its product, where that depends on the sizes of a launch, over the text of sizes.</summary>
    public Func<Func<Dim, Expression>, LaunchChoice?> ChoiceOfLaunch { get; init; } = _ => null;

    /// <summary>How many floats of memory its parameter "workspace" needs; what one launch of a kernel leaves there, the next ones read.</summary>
    public long WorkspaceFloats { get; init; }

    /// <summary>Whether it only copies one buffer to another: nothing, where both lie in one place.</summary>
    public bool IsCopy { get; init; }
}
