using System.Diagnostics;
using System.Runtime.CompilerServices;
using GraphCompiler.Kernels;

namespace GraphCompiler;

/// <summary>What this machine can do at most, measured with the threads of a model: the roof under which its kernels are.</summary>
/// <param name="OperationsPerSecond">Operations of single precision, where a fused multiply-add is two.</param>
/// <param name="BytesPerSecond">Bytes that are read from memory and written to it while it is copied.</param>
public sealed record MachineSpeed(double OperationsPerSecond, double BytesPerSecond)
{
    const int Turns = 7;

    internal static MachineSpeed Measure(WorkerTeam team)
    {
        using var arithmetic = VectorWidth.Widest switch
        {
            512 => new Arithmetic<Float512>(),
            256 => new Arithmetic<Float256>(),
            _ => (SpeedProgram)new Arithmetic<Float128>(),
        };
        using var copy = new Copy();
        return new(arithmetic.Fastest(team), copy.Fastest(team));
    }

    /// <summary>Each worker measures its own part: that another came late is no slowness of the machine.</summary>
    abstract class SpeedProgram : TeamProgram, IDisposable
    {
        double[] rates = [];

        public double Fastest(WorkerTeam team)
        {
            rates = new double[team.Threads];
            double fastest = 0;
            for (int turn = 0; turn < Turns; turn++)
            {
                team.Run(this);
                fastest = Math.Max(fastest, rates.Sum());
            }
            return fastest;
        }

        public override void Run(Worker worker)
        {
            worker.Barrier();
            long start = Stopwatch.GetTimestamp();
            double work = Work(worker);
            rates[worker.Index] = work / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        /// <summary>Works, and says how much that was, in the unit that is measured.</summary>
        protected abstract double Work(Worker worker);

        public virtual void Dispose()
        {
        }
    }

    /// <summary>Multiply-adds on ten registers, which none waits for.</summary>
    sealed class Arithmetic<V> : SpeedProgram
        where V : unmanaged, IVector<V>
    {
        const int Rounds = 1_000_000, Registers = 10;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override unsafe double Work(Worker worker)
        {
            V a = V.Splat(0.5f), b = V.Splat(0.25f);
            V x0 = a, x1 = a, x2 = a, x3 = a, x4 = a, x5 = a, x6 = a, x7 = a, x8 = a, x9 = a;
            for (int round = 0; round < Rounds; round++)
            {
                x0 = V.FusedMultiplyAdd(x0, a, b);
                x1 = V.FusedMultiplyAdd(x1, a, b);
                x2 = V.FusedMultiplyAdd(x2, a, b);
                x3 = V.FusedMultiplyAdd(x3, a, b);
                x4 = V.FusedMultiplyAdd(x4, a, b);
                x5 = V.FusedMultiplyAdd(x5, a, b);
                x6 = V.FusedMultiplyAdd(x6, a, b);
                x7 = V.FusedMultiplyAdd(x7, a, b);
                x8 = V.FusedMultiplyAdd(x8, a, b);
                x9 = V.FusedMultiplyAdd(x9, a, b);
            }
            float* sums = stackalloc float[V.Count];
            V.Store(sums, x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9);
            Volatile.Write(ref *sums, *sums);
            return 2.0 * Rounds * Registers * V.Count;
        }
    }

    /// <summary>A copy of more than a processor's caches hold.</summary>
    sealed unsafe class Copy : SpeedProgram
    {
        const int Floats = 32 << 20, Grain = 4096;

        readonly AlignedMemory memory = new(2L * Floats * sizeof(float));

        /// <summary>Memory that nobody has written is not there yet.</summary>
        public Copy() => new Span<float>((float*)memory.Pointer, 2 * Floats).Fill(1);

        protected override double Work(Worker worker)
        {
            worker.Share(Floats, Grain, out int start, out int end);
            float* from = (float*)memory.Pointer, to = from + Floats;
            for (int at = start; at < end; at += Grain)
                new ReadOnlySpan<float>(from + at, Math.Min(Grain, end - at)).CopyTo(new Span<float>(to + at, Math.Min(Grain, end - at)));
            return 2.0 * (end - start) * sizeof(float);
        }

        public override void Dispose()
        {
            memory.Dispose();
            base.Dispose();
        }
    }
}
