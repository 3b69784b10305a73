using GraphCompiler.Checkpoints;
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

    /// <summary>What spans have room for, whatever the type of its elements.</summary>
    const long LongestPiece = 1 << 20;

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
        Initialization initialization = parameter.Initialization;
        bool isThere = isZero && initialization.Kind == InitializationKind.Constant && BitConverter.DoubleToInt64Bits(initialization.First) == 0;
        for (long piece = start; piece < end && !isThere; piece += LongestPiece)
        {
            long pieceEnd = Math.Min(end, piece + LongestPiece);
            if (initialization.Kind == InitializationKind.Constant)
                Repeat(parameter, Elements(parameter, piece, pieceEnd));
            else
                Draw(parameter, stream, piece, pieceEnd);
        }

        if (initialization.ZeroRow < 0)
            return;
        long rowLength = parameter.Count / parameter.Shape[0], rowStart = initialization.ZeroRow * rowLength;
        long from = Math.Max(start, rowStart), to = Math.Min(end, rowStart + rowLength);
        if (to > from)
            Elements(parameter, from, to).Clear();
    }

    /// <summary>The memory of some elements.</summary>
    Span<byte> Elements(ParameterLayout parameter, long start, long end)
    {
        int elementBytes = parameter.DataType.Bits() / 8;
        return new Span<byte>(block + parameter.Offset + start * elementBytes, checked((int)((end - start) * elementBytes)));
    }

    static void Repeat(ParameterLayout parameter, Span<byte> elements)
    {
        int elementBytes = parameter.DataType.Bits() / 8;
        TensorConversion.WriteElement(parameter.DataType, parameter.Initialization.First, elements[..elementBytes]);
        for (int done = elementBytes; done < elements.Length; done *= 2)
            elements[..Math.Min(done, elements.Length - done)].CopyTo(elements[done..]);
    }

    void Draw(ParameterLayout parameter, uint stream, long start, long end)
    {
        if (parameter.DataType == SafetensorsDataType.F32)
        {
            Draw(parameter.Initialization, stream, start, new Span<float>(block + parameter.Offset + start * sizeof(float), checked((int)(end - start))));
            return;
        }

        const int most = 256;
        Span<float> drawn = stackalloc float[most];
        for (; start < end; start += most)
        {
            Span<float> some = drawn[..(int)Math.Min(most, end - start)];
            Draw(parameter.Initialization, stream, start, some);
            TensorConversion.FromFloats(parameter.Name, parameter.DataType, some, Elements(parameter, start, start + some.Length));
        }
    }

    void Draw(Initialization initialization, uint stream, long start, Span<float> values)
    {
        (InitializationKind kind, double first, double second, _) = initialization;
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = (float)(kind switch
            {
                InitializationKind.Uniform => first + (second - first) * Philox.Uniform(seed, RandomStep, stream, (ulong)(start + index)),
                _ => first + second * Normal(stream, start + index),
            });
        }
    }

    double Normal(uint stream, long index)
    {
        // The middle of the interval that the uniform number stands for: never 0 or 1, and symmetric.
        const double halfInterval = 1.0 / (1 << 25);
        return NormalQuantile.Of(Philox.Uniform(seed, RandomStep, stream, (ulong)index) + halfInterval);
    }
}
