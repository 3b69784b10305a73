using System.Reflection;
using System.Text;
using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets;
using GraphCompiler.Generator.Targets.Common;
using GraphCompiler.Generator.Targets.Cpu;
using GraphCompiler.Generator.Targets.Ilgpu;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>A graph emitted for the CPU, or for devices too, compiled and loaded, with values of the oracle's bindings as arguments.</summary>
internal sealed class EmittedNet
{
    static readonly CSharpCompilationOptions Options = new(
        Microsoft.CodeAnalysis.OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, optimizationLevel: OptimizationLevel.Release,
                nullableContextOptions: NullableContextOptions.Enable);

    static readonly string[] Platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);

    static readonly MetadataReference[] References = [.. Platform.Where(path => IsReferenced(Path.GetFileName(path))).Select(path => MetadataReference.CreateFromFile(path))];

    static bool IsReferenced(string name) => name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "mscorlib.dll" or "ILGPU.dll"
        || name.StartsWith("GraphCompiler", StringComparison.Ordinal);

    /// <summary>What a project references beside GraphCompiler for devices.</summary>
    public static MetadataReference[] DeviceReferences =>
    [
        .. Platform.Where(path => Path.GetFileName(path) is "GraphCompiler.Ilgpu.dll" or "GraphCompiler.Kernels.Ilgpu.dll" or "ILGPU.dll")
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    readonly Type runner;
    readonly Model model;
    readonly Graph graph;

    EmittedNet(Type runner, Model model, Graph graph, string source)
    {
        this.runner = runner;
        this.model = model;
        this.graph = graph;
        Source = source;
    }

    public string Source { get; }

    /// <summary>The program that trains an objective.</summary>
    public static ProgramPlan Plan(Graph objective, ModelPrecision precision) =>
        CompiledModel.From(ModelOf(objective, "Net", isObjective: true) with { Precision = precision }, CpuCostModel.Instance, default).Methods[0].Training!;

    /// <summary>What it computes, as the passes leave it: with every rounding that a model asks for.</summary>
    public static Graph Trained(Graph objective, ModelPrecision precision) => Plan(objective, precision).Graph;

    public static EmittedNet Compile(Graph graph, bool isObjective) => Compile([graph], isObjective)[0];

    /// <summary>Compiles several graphs in one assembly, which is much faster than one by one.</summary>
    public static IReadOnlyList<EmittedNet> Compile(IReadOnlyList<Graph> graphs, bool isObjective, bool forDevices = false, ModelPrecision precision = default) =>
        Compile(graphs, [.. graphs.Select((graph, i) => ModelOf(graph, $"Net{i}", isObjective) with { Precision = precision })], forDevices);

    /// <summary>Compiles graphs with packed weights, of constant shapes, and beside each the same without.</summary>
    public static IReadOnlyList<(EmittedNet Packed, EmittedNet Single, IReadOnlyDictionary<string, PackedWeights> Weights)> CompilePacked(
        IReadOnlyList<Graph> graphs, Generator.Graphs.WeightFormat format, bool forDevices = false)
    {
        var models = new List<Model>();
        foreach (var graph in graphs)
        {
            var model = ModelOf(graph, $"Net{models.Count}", isObjective: false) with { Parameters = new EquatableArray<Generator.Models.ModelParameter>(ParametersOf(graph)) };
            models.Add(model with { Weights = format });
            models.Add(model with { Namespace = model.Namespace + "Single" });
        }
        var nets = Compile([.. graphs.SelectMany(graph => new[] { graph, graph })], models, forDevices);
        return [.. graphs.Select((_, i) => (nets[2 * i], nets[(2 * i) + 1], WeightQuantization.Choose(models[2 * i])))];
    }

    static IEnumerable<Generator.Models.ModelParameter> ParametersOf(Graph graph) => graph.Nodes.Where(n => n.Op == Op.Parameter)
        .Select(n => new Generator.Models.ModelParameter(
            n.Name, new EquatableArray<int>(n.Shape.Select(d => d.Value)), new Initialization(InitializationKind.Constant, 0, 0)));

    static IReadOnlyList<EmittedNet> Compile(IReadOnlyList<Graph> graphs, List<Model> models, bool forDevices)
    {
        var sources = models.ConvertAll(m => ModelEmitter.Emit(m, forDevices, default));
        var emitted = sources.ConvertAll(source => CSharpSyntaxTree.ParseText(source));
        var texts = emitted.Concat(models.Select(m => CSharpSyntaxTree.ParseText(RunnerOf(m, forDevices)))).ToList();
        texts.AddRange(models.Select(m => CSharpSyntaxTree.ParseText($"namespace {m.Namespace}; public sealed partial class Net;")));
        var compilation = CSharpCompilation.Create("Emitted" + Guid.NewGuid().ToString("N"), texts, References, Options);
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        // A warning in emitted code would be an error of builds that allow none.
        var faults = result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error
            || (d.Severity == DiagnosticSeverity.Warning && emitted.Contains(d.Location.SourceTree!))).Take(5).ToList();
        if (faults.Count > 0)
            throw new InvalidOperationException(string.Join("\n", faults.Select(e => $"{e}: {LineOf(e)}")));
        var assembly = Assembly.Load(stream.ToArray());
        return [.. models.Select((m, i) => new EmittedNet(assembly.GetType($"{m.Namespace}.Runner")!, m, graphs[i], sources[i]))];
    }

    static string LineOf(Diagnostic error) =>
        error.Location.SourceTree!.GetText().Lines[error.Location.GetLineSpan().StartLinePosition.Line].ToString().Trim();

    /// <summary>Parameters of named dimensions, which no user can declare, get the memory of their bound.</summary>
    static Model ModelOf(Graph graph, string name, bool isObjective)
    {
        var parameters = graph.Nodes.Where(n => n.Op == Op.Parameter).Select(n => new Generator.Models.ModelParameter(
            n.Name, new EquatableArray<int>([(int)n.Shape.Size.Max]), new Initialization(InitializationKind.Constant, 0, 0)));
        var states = graph.Nodes.Where(n => n.Op == Op.State).Select(n => new Generator.Models.ModelState(
            n.Name, new EquatableArray<int>([(int)n.Shape.Size.Max]), new Initialization(InitializationKind.Constant, 0, 0), Graph.OwnerOf(n), n.Type));
        var inputs = graph.Nodes.Where(n => n.Op == Op.Input).Select(n => new ModelInput(n.Name, n.Shape, n.Type));
        var outputs = graph.Results.Select(o => new ModelOutput(o.Name, o.Node.Shape, o.Node.Type));
        var method = new ModelMethod("Evaluate", "public", new EquatableArray<ModelInput>(inputs), new EquatableArray<ModelOutput>(outputs), isObjective, graph);
        return new Model(name, default, "Net", "public", default, new EquatableArray<Generator.Models.ModelParameter>(parameters), new EquatableArray<ModelMethod>([method]),
            new EquatableArray<Generator.Models.ModelState>(states));
    }

    /// <summary>A class that calls the generated methods with arrays, since reflection cannot pass spans.</summary>
    static string RunnerOf(Model model, bool forDevices)
    {
        var method = model.Methods[0];
        bool isNumber = method.Outputs.Count == 1 && method.Outputs[0].Shape.Rank == 0;
        var (_, passed) = InputFacts.Dimensions(method);
        var inputs = method.Inputs.Select((input, i) => input.Shape.Rank == 0
            ? $"({(input.Type == ElementType.Int32 ? "int" : "float")})inputs[{i}][0]"
            : input.Type == ElementType.Int32
            ? $"System.Array.ConvertAll(inputs[{i}], x => (int)x)" : $"System.Array.ConvertAll(inputs[{i}], x => (float)x)")
            .Concat(passed.Select(p => $"dims[\"{p.Name}\"]")).ToList();
        var results = isNumber ? [] : method.Outputs.Select((_, i) => $"results[{i}]");
        var text = new StringBuilder();
        text.AppendLine($"namespace {model.Namespace};");
        text.AppendLine("public static class Runner {");
        text.AppendLine("public static GraphCompiler.GraphModel Create(int threads) => new Net(0, new GraphCompiler.ModelOptions { Threads = threads });");
        if (forDevices)
            text.AppendLine("public static GraphCompiler.GraphModel CreateOn(object device) => new Net(0, (GraphCompiler.Ilgpu.IlgpuDevice)device, new GraphCompiler.ModelOptions { Threads = 1 });");
        text.AppendLine("public static void Evaluate(GraphCompiler.GraphModel model, double[][] inputs, System.Collections.Generic.Dictionary<string, int> dims, float[][] results) =>");
        text.AppendLine($"    {(isNumber ? "results[0][0] = " : "")}((Net)model).Evaluate({string.Join(", ", inputs.Concat(results))});");
        var spans = method.Inputs.Select((input, i) => $"{(input.Shape.Rank == 0 ? "*" : "")}{(input.Type == ElementType.Int32 ? Span("int", input) : Span("float", input))}");
        string Span(string type, ModelInput input)
        {
            int i = method.Inputs.ToList().IndexOf(input);
            return input.Shape.Rank == 0 ? $"({type}*)inputs[{i}].Pointer" : $"new System.ReadOnlySpan<{type}>((void*)inputs[{i}].Pointer, inputs[{i}].Length)";
        }
        var places = isNumber ? [] : method.Outputs.Select((_, i) => $"new System.Span<float>((void*)results[{i}].Pointer, results[{i}].Length)");
        text.AppendLine("public static unsafe float EvaluateInPlace(GraphCompiler.GraphModel model, (nint Pointer, int Length)[] inputs, System.Collections.Generic.Dictionary<string, int> dims, (nint Pointer, int Length)[] results) {");
        text.AppendLine($"    {(isNumber ? "return " : "")}((Net)model).Evaluate({string.Join(", ", spans.Concat(passed.Select(p => $"dims[\"{p.Name}\"]")).Concat(places))});");
        text.AppendLine($"    {(isNumber ? "" : "return 0;")} }}");
        if (method.IsObjective)
        {
            text.AppendLine("public static GraphCompiler.GraphTrainer Trainer(GraphCompiler.GraphModel model, ulong seed) => ((Net)model).CreateTrainer(");
            text.AppendLine("    new GraphCompiler.Sgd { LearningRate = 0 }, new GraphCompiler.TrainerOptions { Seed = seed });");
            text.AppendLine("public static float Step(GraphCompiler.GraphTrainer trainer, double[][] inputs, System.Collections.Generic.Dictionary<string, int> dims) =>");
            text.AppendLine($"    ((Net.Trainer)trainer).Step({string.Join(", ", inputs)});");
        }
        text.AppendLine("}");
        return text.ToString();
    }

    public GraphModel Create(Bindings bindings, int threads = 1) => Filled((GraphModel)runner.GetMethod("Create")!.Invoke(null, [threads])!, bindings);

    public GraphModel CreateOn(object device, Bindings bindings) => Filled((GraphModel)runner.GetMethod("CreateOn")!.Invoke(null, [device])!, bindings);

    /// <summary>A model whose weights are quantised from another's.</summary>
    public GraphModel CreateFrom(GraphModel source, int threads, object? device = null)
    {
        var created = (GraphModel)(device is null ? runner.GetMethod("Create")!.Invoke(null, [threads]) : runner.GetMethod("CreateOn")!.Invoke(null, [device]))!;
        created.Quantize(source);
        return created;
    }

    static GraphModel Filled(GraphModel created, Bindings bindings)
    {
        foreach (var parameter in created.Parameters)
        {
            double[] values = bindings.Parameters[parameter.Name];
            for (int i = 0; i < values.Length; i++)
                parameter.Values[i] = (float)values[i];
        }
        foreach (var state in created.States)
        {
            double[] values = bindings.States[state.Name];
            for (int i = 0; i < values.Length; i++)
                Write(state, i, (float)values[i]);
        }
        return created;
    }

    /// <summary>The results of the method on real data.</summary>
    public float[][] Evaluate(GraphModel created, Bindings bindings)
    {
        var sizes = Oracle.Run(graph, bindings).Select(r => r.Elements.Length);
        float[][] results = [.. sizes.Select(size => new float[size])];
        Run(created, bindings, results);
        return results;
    }

    /// <summary>The method on real data, with memory for its results.</summary>
    public void Run(GraphModel created, Bindings bindings, float[][] results) =>
        runner.GetMethod("Evaluate")!.Invoke(null, [created, Inputs(bindings), bindings.Dims, results]);

    /// <summary>The same with every argument in memory of its own, so that what lies beside it can be guarded.</summary>
    public float RunInPlace(GraphModel created, (nint Pointer, int Length)[] inputs, Dictionary<string, int> dims, (nint Pointer, int Length)[] results) =>
        (float)runner.GetMethod("EvaluateInPlace")!.Invoke(null, [created, inputs, dims, results])!;

    /// <summary>The objective, every gradient and every state, at step <see cref="Bindings.Step"/>.</summary>
    public (float Loss, Dictionary<string, float[]> Gradients, Dictionary<string, float[]> States) Train(GraphModel created, Bindings bindings)
    {
        using var trainer = (GraphTrainer)runner.GetMethod("Trainer")!.Invoke(null, [created, bindings.Seed])!;
        float loss = 0;
        for (ulong step = 0; step <= bindings.Step; step++)
            loss = (float)runner.GetMethod("Step")!.Invoke(null, [trainer, Inputs(bindings), bindings.Dims])!;
        return (
            loss,
            created.Parameters.ToDictionary(p => p.Name, p => trainer.GradientOf(p.Name)[..bindings.Parameters[p.Name].Length].ToArray()),
            created.States.ToDictionary(s => s.Name, ValuesOf));
    }

    static void Write(ModelState state, int place, float value)
    {
        switch (state.DataType)
        {
            case SafetensorsDataType.F32: state.Values[place] = value; break;
            case SafetensorsDataType.BF16: state.ValuesAs<BFloat16>()[place] = (BFloat16)value; break;
            case SafetensorsDataType.F64: state.ValuesAs<double>()[place] = value; break;
            case SafetensorsDataType.I64: state.ValuesAs<long>()[place] = (long)value; break;
            case SafetensorsDataType.I8: state.ValuesAs<sbyte>()[place] = (sbyte)value; break;
            case SafetensorsDataType.Bool: state.ValuesAs<bool>()[place] = value != 0; break;
            default: throw new NotSupportedException(state.DataType.ToString());
        }
    }

    static float[] ValuesOf(ModelState state) => state.DataType switch
    {
        SafetensorsDataType.F32 => state.Values.ToArray(),
        SafetensorsDataType.BF16 => [.. state.ValuesAs<BFloat16>().ToArray().Select(value => (float)value)],
        SafetensorsDataType.F64 => [.. state.ValuesAs<double>().ToArray().Select(value => (float)value)],
        SafetensorsDataType.I64 => [.. state.ValuesAs<long>().ToArray().Select(value => (float)value)],
        SafetensorsDataType.I8 => [.. state.ValuesAs<sbyte>().ToArray().Select(value => (float)value)],
        SafetensorsDataType.Bool => [.. state.ValuesAs<bool>().ToArray().Select(value => value ? 1f : 0)],
        _ => throw new NotSupportedException(state.DataType.ToString()),
    };

    double[][] Inputs(Bindings bindings) => [.. model.Methods[0].Inputs.Select(i => bindings.Inputs[i.Name])];
}
