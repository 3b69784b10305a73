using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>
/// Writes a program: a class that holds one arena and the pointers of one call, and runs the kernels in their order.
/// A base class holds the state; the class derived from it is generic over the vector width.
/// </summary>
/// <param name="name">The name of the program's class.</param>
/// <param name="method">The user's method.</param>
/// <param name="plan">What it runs.</param>
/// <param name="library">Where its kernels are written.</param>
/// <param name="isTimed">Whether it notes how long its kernels take.</param>
internal sealed class ProgramEmitter(string name, ModelMethod method, ProgramPlan plan, KernelLibrary library, bool isTimed)
{
    const int MostBuffersListed = 40;
    const string Model = "global::GraphCompiler.GraphModel";

    readonly ProgramNames names = new(method);

    bool IsTraining => plan.Graph.Outputs.Any(o => o.Kind == OutputKind.Gradient);

    /// <summary>The (type, name) pairs of what a call sets before it runs the program.</summary>
    public IReadOnlyList<(string Type, string Name)> Fields()
    {
        var fields = new List<(string, string)>();
        foreach (var input in method.Inputs.Where(i => plan.InputsRead.Contains(i.Name)))
            fields.Add((input.Type.Info().FullName + "*", names[input.Name]));
        if (!Planning.ReturnsNumber(plan.Graph))
            fields.AddRange(plan.Graph.Outputs.Where(o => o.Kind == OutputKind.Result).Select(o => (o.Node.Type.Info().FullName + "*", names[o.Name])));
        fields.AddRange(ProgramNames.Dimensions(method).Select(s => ("int", names[s.Name])));
        return fields;
    }

    public void Write(SourceWriter writer)
    {
        var calls = new RunEmitter(plan, library, names, isTimed);
        var run = new SourceWriter();
        calls.WriteCalls(run);
        WriteNumber(run);
        WriteReport(writer);
        WriteState(writer, calls);
        writer.Line();
        writer.Line($"internal sealed unsafe class {name}<V>({Model} model) : {name}(model)");
        using (writer.Open("    where V : unmanaged, IVector<V>"))
        {
            writer.Line("/// <inheritdoc/>");
            using (writer.Open("public override void Run(Worker worker)"))
                writer.Lines(run.ToString());
        }
    }

    void WriteState(SourceWriter writer, RunEmitter calls)
    {
        string contract = "global::GraphCompiler.Runtime." + (IsTraining ? "TrainingProgram" : "CompiledProgram");
        using (writer.Open($"internal abstract unsafe class {name} : {contract}"))
        {
            foreach (var (type, field) in Fields())
                writer.Line($"internal {type} {field};");
            if (!IsTraining && Planning.ReturnsNumber(plan.Graph))
                writer.Line($"internal {method.Outputs[0].Type.Info().FullName} Result;");
            if (Fields().Count > 0)
                writer.Line();
            using (writer.Open($"protected {name}({Model} model) : base(model, {Literals.Integer(plan.WorkingBytes)})"))
            {
                if (plan.RunsAlone)
                    writer.Line("RunsAlone = true;");
            }
            writer.Line();
            writer.Line("/// <summary>The program for the vectors that the hardware prefers.</summary>");
            using (writer.Open($"public static {name} Create({Model} model) => VectorWidth.Widest switch", "};"))
            {
                writer.Line($"512 => new {name}<Float512>(model),");
                writer.Line($"256 => new {name}<Float256>(model),");
                writer.Line($"_ => new {name}<Float128>(model),");
            }
            if (plan.ScalesLoss)
            {
                writer.Line();
                writer.Line("/// <inheritdoc/>");
                writer.Line("public override bool ScalesLoss => true;");
            }
            WriteIndices(writer);
            calls.WriteTables(writer);
        }
    }

    /// <summary>The integers by which kernels address memory lie behind the arena.</summary>
    void WriteIndices(SourceWriter writer)
    {
        var indices = new IndexEmitter(method, plan);
        if (!indices.IsNeeded)
            return;
        writer.Line();
        writer.Line("/// <summary>The integers by which kernels address memory, behind the arena.</summary>");
        writer.Line($"protected int* Indices => (int*)Arena + {Literals.Integer(plan.Arena.Size / sizeof(int))};");
        writer.Line();
        writer.Line("/// <summary>Sets, after the sizes, the integers by which kernels address memory.</summary>");
        string arguments = indices.Arguments(input => names[input], d => "this." + names[d],
            (offset, count) => $"new(this.Indices{(offset == 0 ? "" : " + " + Literals.Integer(offset / sizeof(int)))}, {count})");
        writer.Line($"public void SetIndices({indices.InputParameters}) => {IndexEmitter.Method}({arguments});");
        writer.Line();
        indices.Write(writer);
    }

    void WriteReport(SourceWriter writer)
    {
        foreach (string line in MemoryReport.Lines(plan.Arena, maxRows: MostBuffersListed))
            writer.Line(line.Length == 0 ? "//" : "// " + line);
        writer.Line($"/// <summary><c>{method.Name}</c>{(IsTraining ? " and its gradients" : "")}: {Literals.Integer(plan.Steps.Count)} kernels"
            + (plan.RunsAlone ? ", which one worker runs.</summary>" : ".</summary>"));
    }

    void WriteNumber(SourceWriter writer)
    {
        if (!Planning.ReturnsNumber(plan.Graph))
            return;
        var node = plan.Fused.Layout.Resolve(plan.Graph.Outputs.First(o => o.Kind == OutputKind.Result).Node).Base;
        var step = plan.Steps.First(s => s.Kernel.Stores.Contains(node));
        string assignment = $"{(IsTraining ? "Loss" : "Result")} = {Element(node)};";
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

    string Element(Node node)
    {
        var location = plan.Locations[node];
        string block = Block(location, names);
        if (node.Type != ElementType.Float32 && location.Space is not (MemorySpace.Input or MemorySpace.Indices))
            block = $"(({node.Type.Info().FullName}*){block})";
        return $"{block}[{Literals.Integer(location.Offset / node.Type.BytesOf(1))}]";
    }

    /// <summary>The field or member that holds the start of the memory in which a value lies.</summary>
    public static string Block(BufferLocation location, ProgramNames names) => location.Space switch
    {
        MemorySpace.Arena => "Arena",
        MemorySpace.Parameters => "Parameters",
        MemorySpace.Gradients => "Gradients",
        MemorySpace.State => "State",
        MemorySpace.SessionState => "SessionState",
        MemorySpace.Indices => "Indices",
        MemorySpace.LossScale => "LossScale",
        MemorySpace.Constants => ConstantEmitter.Class + ".Start",
        _ => names[location.Name],
    };
}
