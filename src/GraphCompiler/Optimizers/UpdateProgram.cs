using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>
/// What the worker team does with a step's gradients: adds them to the accumulated sum, takes their norm, and updates if that is finite. The
/// norm is the cheapest question that has all gradients in its answer, so it is taken whether they are clipped or not. The block is divided
/// once into segments that never cross the end of a parameter and are short enough to stay in the first-level cache. Each segment's sum of
/// squares is taken alone and the sums are added in the order of the segments, so nothing depends on how many workers share them.
/// </summary>
internal sealed unsafe class UpdateProgram : TeamProgram
{
    const int LongestSegment = 4096;

    readonly Segment[] segments;
    readonly double[] squares;
    readonly UpdateFormula formula;
    readonly UpdateFormula summation = global::GraphCompiler.GradientSum.Instance.Formula;

    /// <summary>The coefficients of the update, a set for each of the settings.</summary>
    readonly float[] coefficients;
    readonly UpdateSettings[] settings;

    /// <param name="layout">The parameters that are updated.</param>
    /// <param name="formula">How.</param>
    /// <param name="settings">The settings that they have.</param>
    /// <param name="ofParameters">Which of these each parameter has.</param>
    public UpdateProgram(ModelLayout layout, UpdateFormula formula, UpdateSettings[] settings, int[] ofParameters)
    {
        List<Segment> list = [];
        for (int index = 0; index < ofParameters.Length; index++)
        {
            ParameterLayout place = layout.Parameters[index];
            for (long start = 0; start < place.Count; start += LongestSegment)
                list.Add(new Segment(place.Offset + start, (int)Math.Min(LongestSegment, place.Count - start), ofParameters[index] * formula.Coefficients));
        }

        segments = [.. list];
        squares = new double[segments.Length];
        this.formula = formula;
        this.settings = settings;
        coefficients = new float[settings.Length * formula.Coefficients];
    }

    /// <summary>The parameter block, the gradients of the last run, their sum, and the blocks of state.</summary>
    public float* Parameters, Gradients, GradientSum, State;

    /// <summary>From one block of state to the next, in floats.</summary>
    public long StateStride;

    /// <summary>Whether the gradients go to the sum, and whether they replace what is there.</summary>
    public bool Accumulates, StartsSum;

    /// <summary>Whether the parameters are updated.</summary>
    public bool Updates;

    /// <summary>What turns the sum of gradients into their mean.</summary>
    public float MeanScale;

    /// <summary>The norm to clip to; 0 clips nothing.</summary>
    public double ClipNorm;

    /// <summary>After a run that updates: the norm of the mean gradient. If it is not finite, nothing was updated.</summary>
    public double Norm { get; private set; }

    public void Prepare(double factor, long update) => formula.Prepare(settings, factor, update, coefficients);

    public override void Run(Worker worker)
    {
        worker.Share(segments.Length, 1, out int start, out int end);
        if (Accumulates)
            Accumulate(start, end);
        if (!Updates)
            return;

        double norm = SharedNorm(worker, start, end);
        if (worker.Index == 0)
            Norm = norm;
        if (!double.IsFinite(norm))
            return;
        float scale = ClipNorm > 0 ? (float)(MeanScale * Math.Min(1, ClipNorm / (norm + 1e-6))) : MeanScale;
        float* gradients = Accumulates ? GradientSum : Gradients;
        fixed (float* sets = coefficients)
        {
            for (int index = start; index < end; index++)
            {
                Segment segment = segments[index];
                formula.Apply(
                    Parameters + segment.Start, gradients + segment.Start, &scale,
                    sets + segment.Coefficients, State + segment.Start, StateStride, segment.Count);
            }
        }
    }

    /// <summary>
    /// Every worker adds all segments' sums itself, in the same order: one barrier, and the same bits for all. The segments are read from the
    /// last to the first: the end is what the cache still has, and the beginning is what the update asks for next.
    /// </summary>
    double SharedNorm(Worker worker, int start, int end)
    {
        float* gradients = Accumulates ? GradientSum : Gradients;
        for (int index = end - 1; index >= start; index--)
            squares[index] = GradientNorm.SumOfSquares(gradients + segments[index].Start, segments[index].Count);
        worker.Barrier();

        double sum = 0;
        foreach (double square in squares)
            sum += square;
        return Math.Sqrt(sum) * MeanScale;
    }

    void Accumulate(int start, int end)
    {
        float whole = 1;
        for (int index = start; index < end; index++)
        {
            Segment segment = segments[index];
            float* sum = GradientSum + segment.Start, gradients = Gradients + segment.Start;
            if (StartsSum)
                new ReadOnlySpan<float>(gradients, segment.Count).CopyTo(new Span<float>(sum, segment.Count));
            else
                summation.Apply(sum, gradients, &whole, null, null, 0, segment.Count);
        }
    }

    readonly record struct Segment(long Start, int Count, int Coefficients);
}
