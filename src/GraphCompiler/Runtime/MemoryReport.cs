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

/// <summary>What a model's methods need in another precision than its own.</summary>
/// <param name="Precision">The precision.</param>
/// <param name="Methods">The methods' plans.</param>
public sealed record PrecisionMemory(Precision Precision, IReadOnlyList<MethodMemory> Methods);

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
    /// <param name="precision">The precision that it has.</param>
    /// <param name="others">Its methods' plans in others, if it has <see cref="PlanEveryPrecisionAttribute"/>.</param>
    public MemoryReport(
        GraphModel model, long sessionBytes, IReadOnlyList<MethodMemory> methods, Precision precision = Precision.Float32, IReadOnlyList<PrecisionMemory>? others = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(methods);
        this.model = model;
        ParameterBytes = model.ModelLayout.TotalBytes;
        trainableBytes = model.ModelLayout.Trainable.TotalBytes;
        StateBytes = model.StateLayout.TotalBytes;
        SessionBytes = sessionBytes;
        Methods = methods;
        Precision = precision;
        InEveryPrecision =
        [
            .. (others ?? []).Select(other => new MemoryReport(model, sessionBytes, other.Methods, other.Precision)).Append(this).OrderBy(report => report.Precision),
        ];
    }

    /// <summary>The precision that it is about.</summary>
    public Precision Precision { get; }

    /// <summary>
    /// This report, and those of the same model in each other precision if it has <see cref="PlanEveryPrecisionAttribute"/>: what the
    /// same compiler planned for it.
    /// </summary>
    public IReadOnlyList<MemoryReport> InEveryPrecision { get; }

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
        // Which settings count, and which parameter has the sums, are a number each for every so many elements.
        int tables = (UpdateSettings.Of(optimizer, options?.ClipNorm, model.Parameters).Settings.Length > 1 ? 1 : 0) + (optimizer.Formula.Sums > 0 ? 1 : 0);
        long tableBytes = trainableBytes / (ModelLayout.Alignment / sizeof(float));
        return DeviceBytes + OnDevice(Training(objective)) + GradientBytes + OptimizerBytes(optimizer, options) + tables * tableBytes + StateBytes;
    }

    /// <summary>What the CPU's memory holds while a trainer of an objective exists and no other method runs.</summary>
    /// <param name="objective">The objective's name.</param>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="options">How it is used; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model has no such objective.</exception>
    public long CpuTrainingBytes(string objective, Optimizer optimizer, TrainerOptions? options = null)
        => ParameterBytes + Training(objective).ArenaBytes + Training(objective).IndexBytes + GradientBytes + OptimizerBytes(optimizer, options)
            + StateBytes * (options?.AccumulationSteps > 1 ? 3 : 2);

    /// <summary>What the CPU's memory holds while one call of a method runs: the model, its session, and what the call works in.</summary>
    internal long CpuBytes(MethodMemory method)
        => ParameterBytes + StateBytes + (method.UsesSession ? SessionBytes : 0) + method.ArenaBytes + method.IndexBytes;

    internal MethodMemory Training(string objective) => Methods.FirstOrDefault(m => m.IsTraining && m.Name == objective)
        ?? throw new ArgumentException($"The model has no objective named {objective}.", nameof(objective));

    /// <summary>A trainer's inputs are there twice: the next step's arrive while a step is under way.</summary>
    static long OnDevice(MethodMemory method) => (method.DeviceArenaBytes ?? method.ArenaBytes) + method.WorkspaceBytes + method.TensorBytes * (method.IsTraining ? 2 : 1);

    /// <summary>The table without an optimizer.</summary>
    public override string ToString() => ToTable();

    /// <summary>A table, in bytes: a line for each part of training and of inference, and a column for each of <see cref="InEveryPrecision"/>.</summary>
    /// <param name="optimizer">What trains the model; null for none, of which no state is counted.</param>
    /// <param name="options">How it is used; null for the defaults.</param>
    public string ToTable(Optimizer? optimizer = null, TrainerOptions? options = null) => new MemoryTable(InEveryPrecision, optimizer, options).ToString();
}
