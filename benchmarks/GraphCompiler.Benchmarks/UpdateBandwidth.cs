using System.Diagnostics;
using System.Globalization;
using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler.Benchmarks;

/// <summary>
/// Adam's update of GPT-2 124M's numbers beside a copy, both in the runs in which a trainer updates: how many bytes a second each
/// moves, and the ratio of the two. An update reads parameter, gradient and both moments, and writes all but the gradient.
/// </summary>
internal static unsafe class UpdateBandwidth
{
    const int Numbers = 124_439_808, Run = 4096, Turns = 9;
    const double BytesOfUpdate = 7.0 * sizeof(float) * Numbers, BytesOfCopy = 2.0 * sizeof(float) * Numbers;

    sealed class Formula : Adam
    {
        public UpdateFormula Compiled => CreateFormula();
    }

    public static void Measure(int threads)
    {
        using var memory = new AlignedMemory(4L * Numbers * sizeof(float));
        float* parameter = (float*)memory.Pointer, gradient = parameter + Numbers, state = gradient + Numbers;
        for (long i = 0; i < 4L * Numbers; i++)
            parameter[i] = 1e-3f;
        var formula = new Formula().Compiled;
        float[] coefficients = new float[formula.Coefficients];
        formula.Prepare(new UpdateStep(1e-6, 1000, 0), coefficients);
        fixed (float* given = coefficients)
        {
            float* numbers = given;
            float scale = 1;
            float* whole = &scale;
            var (copies, updates) = (new List<double>(), new List<double>());
            // Turn by turn, so that whatever else the machine does meets both.
            for (int turn = 0; turn <= Turns; turn++)
            {
                double copy = Seconds(threads, at => new ReadOnlySpan<float>(gradient + at, Count(at)).CopyTo(new Span<float>(parameter + at, Count(at))));
                double update = Seconds(threads, at => formula.Apply(parameter + at, gradient + at, whole, numbers, null, state + at, Numbers, Count(at)));
                // The first turn is the processor's to warm up, and the compiler's.
                if (turn == 0)
                    continue;
                copies.Add(BytesOfCopy / copy);
                updates.Add(BytesOfUpdate / update);
            }
            double copied = Median(copies), updated = Median(updates);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{threads} threads: copy {copied / 1e9:F1} GB/s, update {updated / 1e9:F1} GB/s, ratio {updated / copied:F2}"));
        }
    }

    static int Count(long at) => (int)Math.Min(Run, Numbers - at);

    static double Seconds(int threads, Action<long> run)
    {
        long runs = (Numbers + Run - 1) / Run, start = Stopwatch.GetTimestamp();
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            for (long i = runs * thread / threads; i < runs * (thread + 1) / threads; i++)
                run(i * Run);
        });
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
