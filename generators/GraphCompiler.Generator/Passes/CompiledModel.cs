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

/// <summary>Everything a target needs to write a model out.</summary>
internal sealed record CompiledModel(Model Model, ModelBlocks Blocks, IReadOnlyList<CompiledMethod> Methods)
{
    public static CompiledModel From(Model model, CancellationToken cancellation)
    {
        var blocks = new ModelBlocks();
        foreach (var parameter in model.Parameters)
            blocks.Parameters.Add(parameter.Name, Count(parameter.Shape));
        foreach (var state in model.States)
            (state.Owner == StateOwner.Model ? blocks.State : blocks.SessionState).Add(state.Name, Count(state.Shape));
        var methods = new List<CompiledMethod>();
        foreach (var method in model.Methods)
        {
            methods.Add(new CompiledMethod(
                method,
                Compile.Inference(method.Graph, model.MatMulPrecision, blocks, cancellation),
                method.IsObjective ? Compile.Training(method.Graph, model.MatMulPrecision, blocks, cancellation) : null));
        }
        return new CompiledModel(model, blocks, methods);
    }

    static long Count(EquatableArray<int> shape) => shape.Aggregate(1L, (product, size) => checked(product * size));
}
