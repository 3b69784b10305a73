using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>A graph method with the programs that were compiled from it.</summary>
/// <param name="Method">What the user declared.</param>
/// <param name="Inference">Computes its results.</param>
/// <param name="Training">For an objective, computes it with the gradients of the parameters; else null.</param>
internal sealed record CompiledMethod(ModelMethod Method, ProgramPlan Inference, ProgramPlan? Training);

/// <summary>Everything a target needs to write a model out.</summary>
internal sealed record CompiledModel(Model Model, ParameterBlock Parameters, IReadOnlyList<CompiledMethod> Methods)
{
    public static CompiledModel From(Model model, CancellationToken cancellation)
    {
        var block = new ParameterBlock();
        foreach (var parameter in model.Parameters)
            block.Add(parameter.Name, parameter.Shape.Aggregate(1L, (product, size) => checked(product * size)));
        var methods = new List<CompiledMethod>();
        foreach (var method in model.Methods)
        {
            methods.Add(new CompiledMethod(
                method,
                Compile.Inference(method.Graph, block, cancellation),
                method.IsObjective ? Compile.Training(method.Graph, block, cancellation) : null));
        }
        return new CompiledModel(model, block, methods);
    }
}
