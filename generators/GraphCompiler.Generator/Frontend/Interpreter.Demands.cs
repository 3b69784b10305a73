using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend;

// What can be judged only when a method has been read whole: tensors too large to address, which a pass may do away with,
// and what training steps need, which other calls of the method do not.
internal sealed partial class Interpreter
{
    readonly List<(string Origin, StopException Failure)> oversized = [];
    readonly List<(TrainingDemand Demand, DiagnosticInfo? Failure)> demands = [];

    /// <summary>What training steps of the method need, in the order in which it was asked for.</summary>
    public IEnumerable<TrainingDemand> Demands => demands.Select(d => d.Demand);

    /// <summary>Why training steps can never have enough of something; null where the sizes of a call decide.</summary>
    public DiagnosticInfo? UnmeetableDemand => demands.Select(d => d.Failure).FirstOrDefault(failure => failure is not null);

    /// <summary>
    /// The first result that has more elements than an int counts and that a program of the method would compute: logits
    /// that the loss of a large vocabulary never holds, or scores of attention, are none.
    /// </summary>
    public StopException? OversizedIn(Graph method, bool isObjective, CancellationToken cancellation)
    {
        if (oversized.Count == 0)
            return null;
        try
        {
            bool[] purposes = isObjective ? [true, false] : [false];
            var computed = purposes.SelectMany(training => GraphCompiler.Generator.Passes.Compile.Recognise(method, training, cancellation).Nodes)
                .FirstOrDefault(n => TryCount(n.Shape) is null);
            return computed is null ? null
                : oversized.Where(o => o.Origin == computed.Origin).Append(oversized[0]).First().Failure;
        }
        catch (OverflowException)
        {
            return oversized[0].Failure;
        }
    }

    /// <summary>
    /// A constant count that is too small is an error where the method is the objective; another is checked at each training
    /// step.
    /// </summary>
    public void DemandInTraining(SyntaxNode syntax, Dim count, int atLeast, string what)
    {
        string demand = FormattableString.Invariant($"training needs at least {atLeast} {what}");
        string bound = count.IsConstant ? $"there {(count.IsOne ? "is" : "are")} {count}" : $"{count} is at most {count.Max}";
        var failure = Fail(Descriptors.TooFewInTraining, syntax, $"{demand}, and {bound}");
        string text = Fail(Descriptors.TooFewInTraining, syntax, demand).Diagnostic!.Arguments[0];
        if (count.Coefficient < atLeast)
            demands.Add((new TrainingDemand(count, atLeast, text), count.Max < atLeast ? failure.Diagnostic : null));
    }
}
