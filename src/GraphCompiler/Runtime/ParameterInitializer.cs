using GraphCompiler.Kernels;

namespace GraphCompiler.Runtime;

/// <summary>
/// Draws the first values of a block of tensors. Element i of parameter p takes the random number i of stream p, so a
/// value depends on the seed, on its parameter's place in the model and on its own, and on nothing else: not on the number
/// of threads, which share the elements. State draws from streams of its own.
/// </summary>
internal sealed unsafe class ParameterInitializer : TeamProgram
{
    /// <summary>The random counter's step: apart from training steps, which count from 0.</summary>
    const ulong RandomStep = uint.MaxValue;

    const int Grain = 4096;

    /// <summary>The first stream of the model's parameters, of its state, and of a session's state.</summary>
    public const uint ParameterStream = 0, StateStream = 1u << 30, SessionStateStream = 1u << 31;

    readonly ModelLayout layout;
    readonly ulong seed;
    readonly byte* block;
    readonly uint firstStream;
    bool isZero;

    public ParameterInitializer(ModelLayout layout, uint firstStream, ulong seed, byte* block)
    {
        this.layout = layout;
        this.firstStream = firstStream;
        this.seed = seed;
        this.block = block;
    }

    /// <summary>Draws the values of a new block.</summary>
    public static void Fill(ModelLayout layout, uint firstStream, ulong seed, byte* block, WorkerTeam team) =>
        new ParameterInitializer(layout, firstStream, seed, block).Fill(team, isZero: true);

    /// <summary>Draws the values.</summary>
    /// <param name="team">The threads that share them.</param>
    /// <param name="isZero">Whether the block is zero as yet, so that zeros need not be written.</param>
    public void Fill(WorkerTeam team, bool isZero = false)
    {
        this.isZero = isZero;
        // Starting the threads takes longer than filling a small model.
        const long smallestForTeam = 1 << 20;
        if (layout.ParameterCount < smallestForTeam)
            team.RunAloneToEnd(this);
        else
            team.RunToEnd(this);
    }

    public override void Run(Worker worker)
    {
        for (int index = 0; index < layout.Parameters.Count; index++)
        {
            ParameterLayout parameter = layout.Parameters[index];
            // Weights of zeros, which are packed as zeros, until a model or a file gives them.
            if (parameter.Packed is not null)
                continue;
            int grains = checked((int)((parameter.Count + Grain - 1) / Grain));
            worker.Share(grains, 1, out int start, out int end);
            Fill(parameter, firstStream + (uint)index, (long)start * Grain, Math.Min(parameter.Count, (long)end * Grain));
        }
    }

    void Fill(ParameterLayout parameter, uint stream, long start, long end)
    {
        float* values = (float*)(block + parameter.Offset);
        (InitializationKind kind, double first, double second, int zeroRow) = parameter.Initialization;
        if (kind == InitializationKind.Constant)
        {
            bool isThere = isZero && BitConverter.DoubleToInt64Bits(first) == 0;
            if (end > start && !isThere)
                new Span<float>(values + start, checked((int)(end - start))).Fill((float)first);
        }
        else
        {
            for (long index = start; index < end; index++)
            {
                values[index] = (float)(kind switch
                {
                    InitializationKind.Uniform => first + (second - first) * Philox.Uniform(seed, RandomStep, stream, (ulong)index),
                    _ => first + second * Normal(stream, index),
                });
            }
        }

        if (zeroRow < 0)
            return;
        long rowLength = parameter.Count / parameter.Shape[0], from = Math.Max(start, zeroRow * rowLength), to = Math.Min(end, (zeroRow + 1) * rowLength);
        if (to > from)
            new Span<float>(values + from, checked((int)(to - from))).Clear();
    }

    double Normal(uint stream, long index)
    {
        // The middle of the interval that the uniform number stands for: never 0 or 1, and symmetric.
        const double halfInterval = 1.0 / (1 << 25);
        return NormalQuantile.Of(Philox.Uniform(seed, RandomStep, stream, (ulong)index) + halfInterval);
    }
}
