using System.Diagnostics;
using System.Globalization;
using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler.Benchmarks;

/// <summary>
/// Adam's update of GPT-2 124M's numbers beside a copy: how many bytes a second each moves, and the ratio of the two. The formula reads
/// parameter, gradient and both moments, and writes all but the gradient; a trainer's whole update reads the gradients once more before, for their norm.
/// </summary>
internal static unsafe class UpdateBandwidth
{
    const int Numbers = 124_439_808, Run = 4096, Turns = 9;
    const double BytesOfUpdate = 8.0 * sizeof(float) * Numbers, BytesOfFormula = 7.0 * sizeof(float) * Numbers, BytesOfCopy = 2.0 * sizeof(float) * Numbers;

    sealed class Formula : Adam
    {
        public UpdateFormula Compiled => CreateFormula();
    }

    public static void Measure(int threads)
    {
        using var memory = new AlignedMemory(4L * Numbers * sizeof(float));
        using var team = new WorkerTeam(threads);
        float* parameter = (float*)memory.Pointer, gradient = parameter + Numbers, state = gradient + Numbers;
        for (long i = 0; i < 4L * Numbers; i++)
            parameter[i] = 1e-3f;
        UpdateFormula formula = new Formula().Compiled;
        UpdateProgram program = ProgramOf(formula, parameter, gradient, state);
        float[] coefficients = new float[formula.Coefficients];
        formula.Prepare(new UpdateStep(1e-6, 1000, 0), coefficients);
        program.Prepare(1, 1000);
        fixed (float* given = coefficients)
        {
            float* numbers = given;
            float scale = 1;
            float* whole = &scale;
            var (copies, formulas, updates) = (new List<double>(), new List<double>(), new List<double>());
            // Turn by turn, so that whatever else the machine does meets all.
            for (int turn = 0; turn <= Turns; turn++)
            {
                double copy = Seconds(threads, at => new ReadOnlySpan<float>(gradient + at, Count(at)).CopyTo(new Span<float>(parameter + at, Count(at))));
                double pass = Seconds(threads, at => formula.Apply(parameter + at, gradient + at, whole, numbers, null, state + at, Numbers, Count(at)));
                long start = Stopwatch.GetTimestamp();
                team.Run(program);
                double update = Stopwatch.GetElapsedTime(start).TotalSeconds;
                // The first turn is the processor's to warm up, and the compiler's.
                if (turn == 0)
                    continue;
                copies.Add(BytesOfCopy / copy);
                formulas.Add(BytesOfFormula / pass);
                updates.Add(BytesOfUpdate / update);
            }
            double copied = Median(copies), passed = Median(formulas), updated = Median(updates);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{threads} threads: copy {copied / 1e9:F1} GB/s, formula {passed / 1e9:F1} GB/s ({passed / copied:F2}), update {updated / 1e9:F1} GB/s ({updated / copied:F2})"));
        }
    }

    /// <summary>The program of a trainer whose model has one parameter of all the numbers.</summary>
    static UpdateProgram ProgramOf(UpdateFormula formula, float* parameter, float* gradient, float* state)
    {
        var layout = new ModelLayout([new ParameterLayout("parameter", [Numbers], 0, new Initialization(InitializationKind.Constant, 0))], (long)Numbers * sizeof(float));
        return new UpdateProgram(layout, formula, [new UpdateSettings(1e-6, 0, 1, 0)], [0])
        {
            Parameters = (byte*)parameter,
            Gradients = gradient,
            State = state,
            StateStride = Numbers,
            Updates = true,
            MeanScale = 1,
        };
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
