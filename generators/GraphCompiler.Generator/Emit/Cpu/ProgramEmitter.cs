using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;

namespace GraphCompiler.Generator.Emit.Cpu;

/// <summary>
/// Writes a program: a class that holds one arena and the pointers of one call, and runs the kernels in their order.
/// A base class holds the state; the class derived from it is generic over the vector width.
/// </summary>
/// <param name="modelName">The name of the user's class.</param>
/// <param name="name">The name of the program's class.</param>
/// <param name="method">The user's method.</param>
/// <param name="plan">What it runs.</param>
/// <param name="library">Where its kernels are written.</param>
internal sealed class ProgramEmitter(string modelName, string name, ModelMethod method, ProgramPlan plan, KernelLibrary library)
{
    static readonly HashSet<string> Reserved =
    [
        "worker", "alone", "model", "Arena", "Parameters", "Gradients", "Loss", "Result", "Run", "Kernels", "V",
        "RandomSeed", "RandomStep", "RunsAlone", "Execute", "Create", "Dispose",
    ];

    bool IsTraining => plan.Graph.Outputs.Any(o => o.Kind == OutputKind.Gradient);

    /// <summary>The field that holds a pointer or a size of a call.</summary>
    public static string Field(string name) => Reserved.Contains(name) ? Literals.Identifier(name) + "_" : Literals.Identifier(name);

    /// <summary>The (type, name) pairs of what a call sets before it runs the program.</summary>
    public IReadOnlyList<(string Type, string Name)> Fields()
    {
        var fields = new List<(string, string)>();
        foreach (var input in method.Inputs)
            fields.Add((input.Type == ElementType.Int32 ? "int*" : "float*", Field(input.Name)));
        if (!Planning.ReturnsNumber(plan.Graph))
            fields.AddRange(plan.Graph.Outputs.Where(o => o.Kind == OutputKind.Result).Select(o => ("float*", Field(o.Name))));
        var (deduced, passed) = InputFacts.Dimensions(method);
        fields.AddRange(deduced.Select(d => d.Symbol).Concat(passed).Select(s => ("int", Field(Literals.Dimension(s.Name)))));
        return fields;
    }

    public void Write(SourceWriter writer)
    {
        var run = new SourceWriter();
        WriteSteps(run);
        WriteReport(writer);
        WriteState(writer);
        writer.Line();
        writer.Line($"sealed unsafe class {name}<V>({modelName} model) : {name}(model)");
        using (writer.Open("    where V : unmanaged, IVector<V>"))
        {
            writer.Line("/// <inheritdoc/>");
            using (writer.Open("public override void Run(Worker worker)"))
                writer.Lines(run.ToString());
        }
    }

    void WriteState(SourceWriter writer)
    {
        string contract = IsTraining ? "TrainingProgram" : "CompiledProgram";
        using (writer.Open($"internal abstract unsafe class {name} : {contract}"))
        {
            foreach (var (type, field) in Fields())
                writer.Line($"internal {type} {field};");
            if (!IsTraining && Planning.ReturnsNumber(plan.Graph))
                writer.Line("internal float Result;");
            if (Fields().Count > 0)
                writer.Line();
            using (writer.Open($"protected {name}({modelName} model) : base(model, {Literals.Integer(plan.Arena.Size * sizeof(float))})"))
            {
                if (plan.RunsAlone)
                    writer.Line("RunsAlone = true;");
            }
            writer.Line();
            writer.Line("/// <summary>The program for the vectors that the hardware prefers.</summary>");
            using (writer.Open($"public static {name} Create({modelName} model) => VectorWidth.Widest switch", "};"))
            {
                writer.Line($"512 => new {name}<Float512>(model),");
                writer.Line($"256 => new {name}<Float256>(model),");
                writer.Line($"_ => new {name}<Float128>(model),");
            }
        }
    }

    void WriteReport(SourceWriter writer)
    {
        writer.Line("/// <summary>");
        writer.Line($"/// {plan.Steps.Count} kernels over an arena of {Literals.Integer(plan.Arena.Size * sizeof(float))} bytes, "
            + (plan.Arena.Missed == 0 ? "the least that the schedule allows." : $"{Literals.Integer(plan.Arena.Missed * sizeof(float))} bytes over the schedule's lower bound."));
        writer.Line("/// </summary>");
    }

    void WriteSteps(SourceWriter writer)
    {
        bool inAlone = false;
        var pending = new List<string>();
        void Flush()
        {
            if (pending.Count == 0)
                return;
            using (writer.Open("if (worker.Index == 0)"))
            {
                foreach (string call in pending)
                    writer.Line(call);
            }
            pending.Clear();
            inAlone = false;
        }

        foreach (var step in plan.Steps)
        {
            if (plan.RunsAlone)
            {
                writer.Line(Call(step, "worker"));
                continue;
            }
            if (step.BarrierBefore || (inAlone && !step.RunsAlone))
                Flush();
            if (step.BarrierBefore)
                writer.Line("worker.Barrier();");
            if (step.RunsAlone)
            {
                inAlone = true;
                pending.Add(Call(step, "worker.Alone"));
            }
            else
            {
                writer.Line(Call(step, "worker"));
            }
        }
        Flush();
        WriteNumber(writer);
    }

    void WriteNumber(SourceWriter writer)
    {
        if (!Planning.ReturnsNumber(plan.Graph))
            return;
        var node = plan.Fused.Layout.Resolve(plan.Graph.Outputs.First(o => o.Kind == OutputKind.Result).Node).Base;
        var step = plan.Steps.First(s => s.Kernel.Stores.Contains(node));
        string assignment = $"{(IsTraining ? "Loss" : "Result")} = *{Place(node)};";
        if (plan.RunsAlone)
        {
            writer.Line(assignment);
            return;
        }
        if (!step.RunsAlone)
            writer.Line("worker.Barrier();");
        writer.Line("if (worker.Index == 0)");
        writer.Line("    " + assignment);
    }

    string Call(ProgramStep step, string worker)
    {
        var (method, parameters) = library.Add(step.Kernel);
        var arguments = parameters.Select(p => p.Buffer is { } buffer ? Argument(buffer)
            : p.Name switch
            {
                "randomSeed" => "RandomSeed",
                "randomStep" => "RandomStep",
                _ => Field(p.Name),
            });
        return $"Kernels.{method}<V>({string.Join(", ", new[] { worker }.Concat(arguments))});";
    }

    string Argument(Node node)
    {
        string place = Place(node);
        return place.StartsWith("(", System.StringComparison.Ordinal) ? place.Substring(1, place.Length - 2) : place;
    }

    string Place(Node node)
    {
        var location = plan.Locations[node];
        string block = location.Space switch
        {
            MemorySpace.Arena => "Arena",
            MemorySpace.Parameters => "Parameters",
            MemorySpace.Gradients => "Gradients",
            _ => Field(location.Name),
        };
        return location.Offset == 0 ? block : $"({block} + {Literals.Integer(location.Offset)})";
    }
}
