using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;

namespace GraphCompiler.Generator.Passes;

/// <summary>A graph method with the programs that were compiled from it.</summary>
/// <param name="Method">What the user declared.</param>
/// <param name="Inference">Computes its results.</param>
/// <param name="Training">For an objective, computes it with the gradients of the parameters; else null.</param>
internal sealed record CompiledMethod(ModelMethod Method, ProgramPlan Inference, ProgramPlan? Training);

/// <summary>Everything that one target needs to write a model out.</summary>
internal sealed record CompiledModel(Model Model, ModelBlocks Blocks, IReadOnlyList<CompiledMethod> Methods)
{
    /// <param name="model">The model.</param>
    /// <param name="costs">The target that it is planned for.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <param name="tracesPasses">Whether the plans say what each pass did.</param>
    public static CompiledModel From(Model model, CostModel costs, CancellationToken cancellation, bool tracesPasses = false)
    {
        var blocks = new ModelBlocks();
        blocks.AddParameters(model.Parameters, WeightQuantization.Choose(model));
        foreach (var state in model.States)
            blocks.AddState(state);
        foreach (var array in model.Methods.SelectMany(m => m.Graph.LiveNodes()).Where(n => n.Op == Op.ConstantArray))
            blocks.Constants.Add(array);
        var methods = new List<CompiledMethod>();
        foreach (var method in model.Methods)
        {
            methods.Add(new CompiledMethod(
                method,
                Compile.Inference(method.Graph, model.Precision, blocks, costs, cancellation, tracesPasses ? new() : null),
                method.IsObjective ? Compile.Training(method.Graph, model.Precision, blocks, costs, cancellation, tracesPasses ? new() : null) : null));
        }
        return new CompiledModel(model, blocks, methods);
    }

    /// <summary>The same model planned for another target.</summary>
    public CompiledModel ForTarget(CostModel costs, CancellationToken cancellation) => this with
    {
        Methods =
        [
            .. Methods.Select(m => m with
            {
                Inference = Compile.ForTarget(m.Inference, Blocks, costs, cancellation),
                Training = m.Training is { } training ? Compile.ForTarget(training, Blocks, costs, cancellation) : null,
            }),
        ],
    };
}
