using System.Linq;
using System.Runtime.CompilerServices;
using GraphCompiler.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator.Frontend;

// The budget: steps, memory and nodes are counted, so that a slip while typing costs a diagnostic and not the editor.
internal sealed partial class Interpreter
{
    /// <summary>Operations evaluated for one method: a thousand times what a large model takes.</summary>
    const long MaximumSteps = 2_000_000;

    /// <summary>Bytes that lists, texts and objects of one method take altogether, whether they are still held or not.</summary>
    const long MaximumBytes = 128L << 20;

    /// <summary>Nodes of one graph: six times those of GPT-2 in its largest size. What passes take grows with them.</summary>
    public const int MaximumNodes = 20_000;

    /// <summary>What an element of a list takes, and what its value takes on average.</summary>
    const int BytesPerItem = 32;

    /// <summary>Steps of a whole class: a mistake in what its methods share does not cost them all.</summary>
    const long MaximumStepsOfClass = 3 * MaximumSteps;

    /// <summary>Axes of a tensor.</summary>
    public const int MaximumRank = 32;

    long steps;
    int declaredTensors;
    long stepsOfClass;
    long bytes;

    void RenewBudget()
    {
        stepsOfClass += steps;
        steps = bytes = 0;
    }

    void Step(SyntaxNode syntax)
    {
        Current = syntax;
        if ((++steps & 255) == 0)
            cancellation.ThrowIfCancellationRequested();
        if (steps > MaximumSteps || steps + stepsOfClass > MaximumStepsOfClass)
            throw Fail(Descriptors.TooManySteps, Loop(syntax), "this takes more than two million steps at build time: a loop does not end, or is far longer than a graph can be");
        RuntimeHelpers.EnsureSufficientExecutionStack();
    }

    /// <summary>Counts memory before it is taken.</summary>
    internal void Charge(long count, int bytesEach = BytesPerItem)
    {
        bytes += count > MaximumBytes ? MaximumBytes : count * bytesEach;
        if (bytes >= MaximumBytes)
            throw Fail(Descriptors.TooMuchMemory, Loop(Current!),
                $"this takes more than {MaximumBytes >> 20} MiB at build time: a list or a text grows without end, or is far longer than a graph needs");
    }

    internal void ChargeText(long length) => Charge(length, sizeof(char));

    /// <summary>What is said where the graph of a method has <see cref="MaximumNodes"/>.</summary>
    StopException TooManyNodes(SyntaxNode syntax) =>
        Fail(Descriptors.TooManyNodes, Loop(syntax), "this method has more than 20,000 operations: a loop does not end, or is far longer than a graph can be");

    /// <summary>The innermost loop that is running: its own, or one that calls lead to it from.</summary>
    SyntaxNode Loop(SyntaxNode syntax)
    {
        var sites = stack.Select(frame => frame.CallSite).Reverse().Prepend(syntax);
        return sites.Select(site => site?.AncestorsAndSelf()
            .FirstOrDefault(node => node is WhileStatementSyntax or ForStatementSyntax or DoStatementSyntax or CommonForEachStatementSyntax))
            .FirstOrDefault(loop => loop is not null) ?? syntax;
    }
}
