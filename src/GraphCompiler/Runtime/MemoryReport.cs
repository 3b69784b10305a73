using System.Globalization;
using System.Text;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>The memory of one compiled method, in bytes, as planned when the model was compiled. Named dimensions count with their bounds.</summary>
/// <param name="Name">The method.</param>
/// <param name="IsTraining">Whether it is the method with its gradients, which a trainer runs, or the method alone.</param>
/// <param name="ArenaBytes">The arena: all values between its kernels, which share memory where they can.</param>
/// <param name="TensorBytes">What the caller passes and gets; a device has copies of it, on the CPU it is the caller's own.</param>
/// <param name="WorkspaceBytes">What a device's kernels work in beside the arena; 0 where the project has no devices.</param>
/// <param name="IndexBytes">On the CPU, the integers that say which row, class or position is meant; a device has them in place of the caller's.</param>
/// <param name="UsesSession">Whether it is a method of sessions: each session has its own arena.</param>
/// <param name="DeviceArenaBytes">The arena on a device, where it is another: without what only kernels of the CPU work in. Null where it is the same.</param>
public sealed record MethodMemory(
    string Name, bool IsTraining, long ArenaBytes, long TensorBytes, long WorkspaceBytes = 0, long IndexBytes = 0, bool UsesSession = false, long? DeviceArenaBytes = null);

/// <summary>
/// What a model needs, in bytes, as constants of its compiled plan: known before a device or a trainer allocates anything.
/// The CPU has an arena a call that runs at the same time; a device has one for each method.
/// </summary>
public sealed class MemoryReport
{
    readonly GraphModel model;
    readonly long trainableBytes;

    /// <summary>The report of a compiled model; generated code calls it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sessionBytes">The state of a session.</param>
    /// <param name="methods">Its methods' plans.</param>
    public MemoryReport(GraphModel model, long sessionBytes, IReadOnlyList<MethodMemory> methods)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(methods);
        this.model = model;
        ParameterBytes = model.ModelLayout.TotalBytes;
        trainableBytes = model.ModelLayout.Trainable.TotalBytes;
        StateBytes = model.StateLayout.TotalBytes;
        SessionBytes = sessionBytes;
        Methods = methods;
    }

    /// <summary>The parameters, with the gaps that align them.</summary>
    public long ParameterBytes { get; }

    /// <summary>The gradients of a trainer: a block like that of the parameters that are not frozen.</summary>
    public long GradientBytes => trainableBytes;

    /// <summary>The state that belongs to the model.</summary>
    public long StateBytes { get; }

    /// <summary>The state of one session.</summary>
    public long SessionBytes { get; }

    /// <summary>The methods; an objective is there twice, alone and with its gradients.</summary>
    public IReadOnlyList<MethodMemory> Methods { get; }

    /// <summary>What a device holds from the model's constructor on: parameters, state, and the memory of every method but training and those of sessions.</summary>
    public long DeviceBytes => ParameterBytes + StateBytes + Methods.Where(m => m is { IsTraining: false, UsesSession: false }).Sum(OnDevice);

    /// <summary>What a device holds for each session: its state, and the memory of the methods that use it.</summary>
    public long DeviceSessionBytes => SessionBytes + Methods.Where(m => m is { IsTraining: false, UsesSession: true }).Sum(OnDevice);

    /// <summary>What an optimizer remembers: its blocks, and the sum of accumulated gradients.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="options">How it is used; null for the defaults.</param>
    public long OptimizerBytes(Optimizer optimizer, TrainerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return trainableBytes * (optimizer.StateNames.Count + (options?.AccumulationSteps > 1 ? 1 : 0));
    }

    /// <summary>What a device holds while a trainer of an objective exists: everything of the model, and the trainer's own.</summary>
    /// <param name="objective">The objective's name.</param>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="options">How it is used; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model has no such objective.</exception>
    public long DeviceTrainingBytes(string objective, Optimizer optimizer, TrainerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        // Which settings count, a number for every so many elements.
        long settings = UpdateSettings.Of(optimizer, model.Parameters).Settings.Length > 1 ? trainableBytes / ModelLayout.Alignment : 0;
        return DeviceBytes + OnDevice(Training(objective)) + GradientBytes + OptimizerBytes(optimizer, options) + settings + StateBytes;
    }

    /// <summary>What the CPU's memory holds while a trainer of an objective exists and no other method runs.</summary>
    /// <param name="objective">The objective's name.</param>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="options">How it is used; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model has no such objective.</exception>
    public long CpuTrainingBytes(string objective, Optimizer optimizer, TrainerOptions? options = null)
        => ParameterBytes + Training(objective).ArenaBytes + Training(objective).IndexBytes + GradientBytes + OptimizerBytes(optimizer, options)
            + StateBytes * (options?.AccumulationSteps > 1 ? 3 : 2);

    MethodMemory Training(string objective) => Methods.FirstOrDefault(m => m.IsTraining && m.Name == objective)
        ?? throw new ArgumentException($"The model has no objective named {objective}.", nameof(objective));

    /// <summary>A trainer's inputs are there twice: the next step's arrive while a step is under way.</summary>
    static long OnDevice(MethodMemory method) => (method.DeviceArenaBytes ?? method.ArenaBytes) + method.WorkspaceBytes + method.TensorBytes * (method.IsTraining ? 2 : 1);

    /// <summary>A line for each part, in bytes.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        void Line(string part, long bytes) => text.Append(CultureInfo.InvariantCulture, $"{part,-40}{bytes,20:N0}\n");
        Line("parameters", ParameterBytes);
        Line("gradients, of a trainer", GradientBytes);
        if (StateBytes > 0)
            Line("state", StateBytes);
        if (SessionBytes > 0)
            Line("state of a session", SessionBytes);
        foreach (var method in Methods)
        {
            string name = method.Name + (method.IsTraining ? " with gradients" : "");
            Line(name + ": arena", method.ArenaBytes);
            if (method.DeviceArenaBytes is { } onDevice)
                Line(name + ": arena on a device", onDevice);
            Line(name + ": the caller's tensors", method.TensorBytes);
            if (method.IndexBytes > 0)
                Line(name + ": rows and classes", method.IndexBytes);
            if (method.WorkspaceBytes > 0)
                Line(name + ": workspace", method.WorkspaceBytes);
        }
        return text.ToString();
    }
}
