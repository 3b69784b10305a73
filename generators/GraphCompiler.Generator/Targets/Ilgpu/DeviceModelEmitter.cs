using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>
/// Writes what a model's class needs to run on a device: a constructor that takes one, and in each generated method a
/// branch to the device's program. Emitted only where the user's project references GraphCompiler.Ilgpu.
/// </summary>
/// <param name="compiled">The model, planned for devices.</param>
/// <param name="names">What its members and programs are called.</param>
/// <param name="programNamespace">The namespace of the programs.</param>
internal sealed class DeviceModelEmitter(CompiledModel compiled, ModelNames names, string programNamespace) : TargetMembers
{
    const string Runtime = "global::GraphCompiler.Ilgpu.";

    readonly DeviceLibrary library = new();
    readonly Dictionary<(string Method, bool IsTraining), (long Arena, long Workspace)> memory = [];

    IEnumerable<CompiledMethod> ModelMethods => compiled.Methods.Where(m => !m.Method.UsesSession);

    string Program(string name) => $"global::{programNamespace}.Devices.{name}";

    string InferenceProgram(CompiledMethod method) => Program(names.Program(method.Method));

    string TrainingProgram(CompiledMethod method) => Program(names.TrainingProgram(method.Method));

    string FieldOf(CompiledMethod method) => names.OnDeviceOf(method.Method);

    public override bool IsPresent => true;

    public override (long Arena, long Workspace)? MemoryOf(ModelMethod method, bool isTraining) => memory[(method.Name, isTraining)];

    /// <summary>The programs and their kernels, in a namespace of their own.</summary>
    public override string Programs(CancellationToken cancellation)
    {
        var writer = new SourceWriter();
        writer.Line();
        using (writer.Open($"namespace {programNamespace}.Devices"))
        {
            foreach (string name in new[] { "System", "System.ComponentModel", "GraphCompiler.Ilgpu", "GraphCompiler.Kernels.Ilgpu", "ILGPU", "ILGPU.Runtime" })
                writer.Line($"using global::{name};");
            writer.Line();
            foreach (var method in compiled.Methods)
            {
                cancellation.ThrowIfCancellationRequested();
                Write(writer, names.Program(method.Method), method, method.Inference, isTraining: false);
                if (method.Training is { } training)
                    Write(writer, names.TrainingProgram(method.Method), method, training, isTraining: true);
            }
            library.Write(writer);
        }
        return writer.ToString();
    }

    void Write(SourceWriter writer, string name, CompiledMethod method, ProgramPlan plan, bool isTraining)
    {
        long gradientBytes = compiled.Blocks.Gradients.TotalBytes, constantBytes = compiled.Blocks.Constants.Size;
        long workspaceBytes = new DeviceProgramEmitter(name, method.Method, plan, gradientBytes, constantBytes, library, $"global::{programNamespace}.{name}").Write(writer);
        memory[(method.Method.Name, isTraining)] = (plan.Arena.Size, workspaceBytes);
        writer.Line();
    }

    public override void WriteConstructor(SourceWriter writer)
    {
        writer.Line();
        writer.Line($"readonly {Runtime}DeviceModel? {ModelNames.OnDevice};");
        foreach (var method in ModelMethods)
            writer.Line($"readonly {InferenceProgram(method)}? {FieldOf(method)};");
        writer.Line();
        writer.Line("/// <summary>A model that trains and runs on a device, with the same first values as on the CPU.</summary>");
        writer.Line("/// <param name=\"seed\">Decides every first value.</param>");
        writer.Line("/// <param name=\"device\">Where it runs; the model must be disposed before it.</param>");
        writer.Line("/// <param name=\"options\">Threads and checks; the defaults if null.</param>");
        writer.Line($"/// <exception cref=\"{Runtime}DeviceException\">The device has too little memory.</exception>");
        using (writer.Open(
            $"public {Literals.TypeName(compiled.Model.Name)}(ulong seed, {Runtime}IlgpuDevice device, global::GraphCompiler.ModelOptions? options = null) : this(seed, options)"))
        {
            using (writer.Open("try"))
            {
                writer.Line($"this.{ModelNames.OnDevice} = new(this, device);");
                foreach (var method in ModelMethods)
                    writer.Line($"this.{FieldOf(method)} = new(this.{ModelNames.OnDevice});");
            }
            WriteDisposal(writer);
        }
    }

    /// <summary>What could not be made whole gives back what it took.</summary>
    static void WriteDisposal(SourceWriter writer)
    {
        using (writer.Open("catch"))
        {
            writer.Line("base.Dispose();");
            writer.Line("throw;");
        }
    }

    /// <summary>The branch of a method's counterpart: calls of one program follow one another.</summary>
    public override void WriteInference(SourceWriter writer, CompiledMethod method, Door door, bool isNumber)
    {
        WriteRun(writer, method, door, isNumber, null);
    }

    void WriteRun(SourceWriter writer, CompiledMethod method, Door door, bool isNumber, string? turn)
    {
        string program = door.Local("onDevice");
        using (writer.Open($"if (this.{FieldOf(method)} is {{ }} {program})"))
        using (writer.Open($"lock ({turn ?? program})"))
        {
            writer.Line($"{program}.Bind({door.Inputs});");
            writer.Line($"{program}.Run();");
            writer.Line(isNumber ? $"return {program}.Number<{method.Method.Outputs[0].Type.Info().FullName}>();"
                : $"{program}.Read({door.ResultNames});");
            if (!isNumber)
                writer.Line("return;");
        }
    }

    /// <summary>A session's programs on the device.</summary>
    public override void WriteSessionFields(SourceWriter writer, IEnumerable<CompiledMethod> methods)
    {
        foreach (var method in methods)
            writer.Line($"readonly {InferenceProgram(method)}? {FieldOf(method)};");
    }

    /// <summary>The branch of a session's constructor: its state and its programs on the device in place of those of the CPU.</summary>
    public override void WriteSessionPrograms(SourceWriter writer, IEnumerable<CompiledMethod> methods)
    {
        using (writer.Open($"if (model.{ModelNames.OnDevice} is {{ }} device)"))
        {
            using (writer.Open("try"))
            {
                writer.Line($"var state = new {Runtime}DeviceSession(this, device);");
                foreach (var method in methods)
                    writer.Line($"this.{FieldOf(method)} = new(device, state);");
            }
            WriteDisposal(writer);
            writer.Line("return;");
        }
    }

    /// <summary>The branch of a session's method: sessions of one model follow one another on its device.</summary>
    public override void WriteSessionRun(SourceWriter writer, CompiledMethod method, Door door, bool isNumber)
        => WriteRun(writer, method, door, isNumber, $"this.{names.SessionModel}.{ModelNames.OnDevice}!");

    /// <summary>The trainer of the model's own target.</summary>
    public override string CreateTrainer(CompiledMethod method, string createOnCpu) =>
        $"this.{ModelNames.OnDevice} is null ? {createOnCpu} : new(this, new {TrainingProgram(method)}(this.{ModelNames.OnDevice}), optimizer, options)";

    /// <summary>The branch of a trainer's step.</summary>
    public override void WriteStep(SourceWriter writer, Door door)
    {
        WriteGuarded(writer, door, "return base.RunStep();");
    }

    /// <summary>The trainer's other constructor, and a step that does not wait for the loss.</summary>
    public override void WriteTrainerMembers(SourceWriter writer, CompiledMethod method, Door door)
    {
        string program = TrainingProgram(method);
        writer.Line();
        writer.Line($"readonly {program}? onDevice;");
        writer.Line();
        writer.Line($"internal Trainer({ModelNames.FullName(compiled.Model)} model, {program} program, global::GraphCompiler.Optimizer optimizer, global::GraphCompiler.TrainerOptions? options)");
        writer.Line("    : base(model, program.ForTrainer(), optimizer, options) => (this.model, this.onDevice) = (model, program);");
        writer.Line();
        door.WriteDocumentation(writer, "A step that is queued on the device without waiting for it or for its loss; on the CPU, a step.", null);
        using (writer.Open($"public void Queue({door.Parameters})"))
        {
            using (writer.Open("if (this.onDevice is null)"))
            {
                writer.Line($"this.Step({door.Arguments});");
                writer.Line("return;");
            }
            door.WriteChecks(writer, "this.model.Options", isTraining: true);
            WriteGuarded(writer, door, "base.QueueStep();");
        }
    }

    static void WriteGuarded(SourceWriter writer, Door door, string run)
    {
        string program = door.Local("onDevice");
        using (writer.Open($"if (this.onDevice is {{ }} {program})"))
        {
            writer.Line("base.BeginStep();");
            using (writer.Open("try"))
            {
                writer.Line($"{program}.Bind({door.Inputs});");
                writer.Line(run);
            }
            using (writer.Open("finally"))
                writer.Line("base.EndStep();");
        }
    }
}
