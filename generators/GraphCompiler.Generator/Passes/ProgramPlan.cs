using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Passes;

/// <summary>The blocks of memory that a program works in.</summary>
internal enum MemorySpace
{
    /// <summary>Working memory, reused during the step.</summary>
    Arena,

    /// <summary>The model's parameters, one block.</summary>
    Parameters,

    /// <summary>Their gradients, laid out like them.</summary>
    Gradients,

    /// <summary>The model's state, one block.</summary>
    State,

    /// <summary>A session's state, one block.</summary>
    SessionState,

    /// <summary>The arrays of constants of the model's programs, one block.</summary>
    Constants,

    /// <summary>What the caller passes.</summary>
    Input,

    /// <summary>The integers by which kernels address memory, computed and checked from what the caller passes.</summary>
    Indices,

    /// <summary>What the caller gets.</summary>
    Result,

    /// <summary>The trainer's number that the gradient of the objective begins with.</summary>
    LossScale,
}

/// <summary>Where a value lies: a place in a block, or a tensor of the caller's by name.</summary>
/// <param name="Space">The block.</param>
/// <param name="Offset">The bytes before it in the block.</param>
/// <param name="Name">The tensor's name.</param>
/// <param name="Size">The bytes that it takes.</param>
internal sealed record BufferLocation(MemorySpace Space, long Offset, string Name, long Size);

/// <summary>A kernel in its place in the schedule.</summary>
/// <param name="Kernel">What runs.</param>
/// <param name="RunsAlone">Whether one worker runs it, because it is too small to share.</param>
/// <param name="BarrierBefore">Whether all workers must have finished what came before.</param>
internal sealed record ProgramStep(Kernel Kernel, bool RunsAlone, bool BarrierBefore);

/// <summary>A graph compiled down to what a target only has to write out.</summary>
/// <param name="Fused">The kernels.</param>
/// <param name="Steps">Their order.</param>
/// <param name="Locations">Where every stored value lies.</param>
/// <param name="Workspaces">Where kernels lie that need memory to work in.</param>
/// <param name="Arena">The plan of the working memory.</param>
/// <param name="Indices">The integers by which kernels address memory.</param>
/// <param name="RunsAlone">Whether the program is too small for a team.</param>
/// <param name="Costs">The target that it is planned for.</param>
internal sealed record ProgramPlan(
    FusedGraph Fused,
    IReadOnlyList<ProgramStep> Steps,
    IReadOnlyDictionary<Node, BufferLocation> Locations,
    IReadOnlyDictionary<Kernel, BufferLocation> Workspaces,
    ArenaPlan Arena,
    IndexBlock Indices,
    bool RunsAlone,
    CostModel Costs)
{
    public Graph Graph => Fused.Graph;

    /// <summary>The memory that a program on the CPU works in: the arena, and behind it the indices.</summary>
    public long WorkingBytes => Arena.Size + Indices.Size;

    /// <summary>What each pass did to the graph, where that is traced.</summary>
    public IReadOnlyList<PassRecord> Passes { get; init; } = [];

    /// <summary>Whether its gradients are those of a multiple of the loss.</summary>
    public bool ScalesLoss { get; } = Fused.Graph.Nodes.Any(n => n.Op == Op.LossScale);

    /// <summary>The tensors of the caller that kernels read as they are; what only indexes is not among them.</summary>
    public HashSet<string> InputsRead { get; } = [.. Steps.SelectMany(s => s.Kernel.Reads()).Select(a => a.Base).Where(n => n.Op == Op.Input).Select(n => n.Name)];
}

/// <summary>The blocks of memory that outlive a call, each with a place for every tensor by its name.</summary>
internal sealed class ModelBlocks
{
    /// <summary>Trainable parameters first, those of floats before others.</summary>
    public TensorBlock Parameters { get; } = new();

    /// <summary>
    /// The gradients of trainable parameters, floats whatever these are, in the same order: behind those of parameters of floats twice as far as the
    /// parameters of 16 bits. What optimizers remember lies like this.
    /// </summary>
    public TensorBlock Gradients { get; } = new();

    /// <summary>The names of the parameters that training leaves as they are.</summary>
    public HashSet<string> Frozen { get; } = [];

    public TensorBlock State { get; } = new();

    public TensorBlock SessionState { get; } = new();

    public ConstantBlock Constants { get; } = new();

    /// <summary>The parameters that are packed, by name.</summary>
    public IReadOnlyDictionary<string, PackedWeights> Packed { get; private set; } = new Dictionary<string, PackedWeights>();

    public void AddParameters(IReadOnlyCollection<ModelParameter> parameters, IReadOnlyDictionary<string, PackedWeights> packed)
    {
        Packed = packed;
        foreach (var parameter in parameters.Where(p => !p.IsFrozen).OrderBy(p => p.Type.OrderInTraining()))
        {
            AddTrained(parameter);
        }
        foreach (var parameter in parameters.Where(p => p.IsFrozen))
        {
            Add(parameter);
            Frozen.Add(parameter.Name);
        }
    }

    /// <summary>A parameter of floats that is trained.</summary>
    public void AddTrained(string name, long elements)
    {
        Parameters.Add(name, elements);
        Gradients.Add(name, elements);
    }

    /// <summary>The gradient has a float for every element that the parameter has room for, so that one's place follows from the other's.</summary>
    void AddTrained(ModelParameter parameter)
    {
        long start = Parameters.TotalBytes;
        Add(parameter);
        Gradients.Add(parameter.Name, (Parameters.TotalBytes - start) * 8 / parameter.Type.Info().Bits);
    }

    void Add(ModelParameter parameter)
    {
        if (Packed.TryGetValue(parameter.Name, out var weights))
            Parameters.Add(parameter.Name, weights.Bytes, ElementType.UInt8);
        else
            Parameters.Add(parameter.Name, Count(parameter.Shape), parameter.Type);
    }

    public void AddState(ModelState state) => (state.Owner == StateOwner.Model ? State : SessionState).Add(state.Name, Count(state.Shape), state.Type);

    static long Count(EquatableArray<int> shape) => shape.Aggregate(1L, (product, size) => checked(product * size));
}

/// <summary>A flat block of tensors: each begins at a multiple of <see cref="Alignment"/> bytes.</summary>
internal sealed class TensorBlock
{
    /// <summary>A cache line, and the widest vector.</summary>
    public const int Alignment = MemoryContract.Alignment;

    readonly Dictionary<string, long> places = [];

    public long TotalBytes { get; private set; }

    public void Add(string name, long elements, ElementType type = ElementType.Float32)
    {
        places[name] = TotalBytes;
        TotalBytes += Aligned(type.BytesOf(elements));
    }

    /// <summary>Bytes up to the place where a tensor behind them may begin.</summary>
    public static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    public long OffsetOf(string name) => places[name];
}
