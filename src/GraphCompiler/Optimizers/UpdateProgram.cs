using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>
/// What the worker team does with a step's gradients: adds them to the accumulated sum, takes their norm, and updates if that is finite. The
/// norm is the cheapest question that has all gradients in its answer, so it is taken whether they are clipped or not. The block is divided
/// once into segments that never cross the end of a parameter and are short enough to stay in the first-level cache. The sums of a formula are
/// taken of each segment alone and added in the order of the segments, so nothing depends on how many workers share them.
/// </summary>
internal sealed unsafe class UpdateProgram : TeamProgram
{
    const int LongestSegment = 4096;

    readonly Segment[] segments;
    readonly UpdateFormula formula;
    readonly UpdateFormula summation = global::GraphCompiler.GradientSum.Instance.Formula;

    /// <summary>The coefficients of the update, a set for each of the settings.</summary>
    readonly float[] coefficients;
    readonly UpdateSettings[] settings;

    /// <summary>How gradients are clipped, by a sum that may leave the range of a float, and by those that then take its place.</summary>
    readonly ClippedSet[] clippedSets, clippedSetsOfLarge;

    /// <summary>The sums of the segments, those of one after those of another: for clipping, and for the formula.</summary>
    readonly double[] clippingSums, formulaSums;

    /// <summary>For each parameter the first of its segments, and the number of all.</summary>
    readonly int[] firstSegments;

    /// <param name="layout">The model's parameters, of which those are updated that are trained.</param>
    /// <param name="formula">How.</param>
    /// <param name="settings">The settings that they have.</param>
    /// <param name="ofParameters">Which of these each parameter has.</param>
    public UpdateProgram(ModelLayout layout, UpdateFormula formula, UpdateSettings[] settings, int[] ofParameters)
    {
        List<Segment> list = [];
        firstSegments = new int[ofParameters.Length + 1];
        for (int index = 0; index < ofParameters.Length; index++)
        {
            ParameterLayout place = layout.Trainable.Parameters[index];
            TrainedValues values = new(layout.Trained[index]);
            for (long start = 0; start < place.Count; start += LongestSegment)
                list.Add(new Segment(place.OffsetInFloats + start, (int)Math.Min(LongestSegment, place.Count - start), ofParameters[index], index, values.From(start)));
            firstSegments[index + 1] = list.Count;
        }

        segments = [.. list];
        this.formula = formula;
        this.settings = settings;
        (clippedSets, clippedSetsOfLarge) = (ClippedSet.Of(settings, addsLargeApart: false), ClippedSet.Of(settings, addsLargeApart: true));
        clippingSums = new double[segments.Length * clippedSetsOfLarge[0].Sums];
        formulaSums = new double[segments.Length * formula.Sums];
        coefficients = new float[settings.Length * formula.Coefficients];
    }

    /// <summary>The parameter block.</summary>
    public byte* Parameters;

    /// <summary>The gradients of the last run, their sum, and the blocks of state.</summary>
    public float* Gradients, GradientSum, State;

    /// <summary>From one block of state to the next, in floats.</summary>
    public long StateStride;

    /// <summary>Whether updates are of the sum of gradients, whether the last run's are added to it, and whether they replace what is there.</summary>
    public bool Accumulates, Adds, StartsSum;

    /// <summary>What the last run's gradients are multiplied with when they are added.</summary>
    public float Weight = 1;

    /// <summary>Whether the parameters are updated.</summary>
    public bool Updates;

    /// <summary>What turns the sum of gradients into their mean.</summary>
    public float MeanScale;

    /// <summary>After a run that updates: the norm of the mean gradient. If it is not finite, nothing was updated.</summary>
    public double Norm { get; private set; }

    public void Prepare(double factor, long update) => formula.Prepare(settings, factor, update, coefficients);

    public override void Run(Worker worker)
    {
        worker.Share(segments.Length, 1, out int start, out int end);
        if (Accumulates && Adds)
            Accumulate(start, end);
        if (!Updates)
            return;

        float* gradients = Accumulates ? GradientSum : Gradients;
        float* scales = stackalloc float[settings.Length];
        double norm = ScalesOf(worker, clippedSets, gradients, scales, start, end);
        if (!double.IsFinite(norm))
        {
            // All have read the sums before another takes their place.
            worker.Barrier();
            norm = ScalesOf(worker, clippedSetsOfLarge, gradients, scales, start, end);
        }
        if (worker.Index == 0)
            Norm = norm;
        if (!double.IsFinite(norm))
            return;
        fixed (float* sets = coefficients)
        {
            if (formula.Sums > 0)
            {
                SumForFormula(gradients, scales, sets, start, end);
                worker.Barrier();
            }
            Update(gradients, scales, sets, start, end);
        }
    }

    /// <summary>
    /// What to multiply the gradients of each of the settings with; the result is the norm of all, not finite if a gradient or a sum is not. Every
    /// worker adds all segments' sums itself, in the same order: one barrier, and the same bits for all.
    /// </summary>
    double ScalesOf(Worker worker, ClippedSet[] sets, float* gradients, float* scales, int start, int end)
    {
        SumForClipping(sets, gradients, start, end);
        worker.Barrier();
        return Scales(sets, scales);
    }

    /// <summary>The segments are read from the first to the last, as hardware fetches ahead.</summary>
    void SumForClipping(ClippedSet[] sets, float* gradients, int start, int end)
    {
        float whole = 1;
        int numbers = sets[0].Sums;
        float* sums = stackalloc float[numbers];
        for (int index = start; index < end; index++)
        {
            sets[segments[index].Settings].Formula.Sum(null, gradients + segments[index].Start, &whole, null, null, 0, segments[index].Count, sums);
            for (int number = 0; number < numbers; number++)
                clippingSums[index * numbers + number] = sums[number];
        }
    }

    double Scales(ClippedSet[] sets, float* scales)
    {
        int numbers = sets[0].Sums;
        double* sums = stackalloc double[numbers];
        for (int set = 0; set < settings.Length; set++)
        {
            AddSegments(set, sums, numbers);
            scales[set] = sets[set].Scale(sums, MeanScale, out _);
        }
        AddSegments(null, sums, numbers);
        sets[^1].Scale(sums, MeanScale, out float norm);
        return norm;
    }

    /// <summary>Adds the sums of the segments that are clipped with one of the settings, or of all.</summary>
    void AddSegments(int? set, double* sums, int numbers)
    {
        new Span<double>(sums, numbers).Clear();
        for (int index = 0; index < segments.Length; index++)
        {
            if (set is { } number && settings[segments[index].Settings].ClippedWith != settings[number].ClippedWith)
                continue;
            for (int sum = 0; sum < numbers; sum++)
                sums[sum] += clippingSums[index * numbers + sum];
        }
    }

    void SumForFormula(float* gradients, float* scales, float* sets, int start, int end)
    {
        float* sums = stackalloc float[formula.Sums], copy = stackalloc float[LongestSegment];
        for (int index = start; index < end; index++)
        {
            Segment segment = segments[index];
            formula.Sum(
                segment.Values.Read(Parameters, segment.Count, copy), gradients + segment.Start, scales + segment.Settings, sets + segment.Settings * formula.Coefficients,
                State + segment.Start, StateStride, segment.Count, sums);
            for (int number = 0; number < formula.Sums; number++)
                formulaSums[index * formula.Sums + number] = sums[number];
        }
    }

    void Update(float* gradients, float* scales, float* sets, int start, int end)
    {
        float* sums = stackalloc float[formula.Sums], copy = stackalloc float[LongestSegment];
        int parameter = -1;
        for (int index = start; index < end; index++)
        {
            Segment segment = segments[index];
            if (segment.Parameter != parameter)
                SumsOf(parameter = segment.Parameter, sums);
            float* values = segment.Values.Read(Parameters, segment.Count, copy);
            formula.Apply(
                values, gradients + segment.Start, scales + segment.Settings, sets + segment.Settings * formula.Coefficients, sums,
                State + segment.Start, StateStride, segment.Count);
            segment.Values.Write(Parameters, segment.Count, values);
        }
    }

    /// <summary>The formula's sums over a parameter.</summary>
    void SumsOf(int parameter, float* sums)
    {
        for (int number = 0; number < formula.Sums; number++)
        {
            double sum = 0;
            for (int index = firstSegments[parameter]; index < firstSegments[parameter + 1]; index++)
                sum += formulaSums[index * formula.Sums + number];
            sums[number] = (float)sum;
        }
    }

    void Accumulate(int start, int end)
    {
        float weight = Weight;
        for (int index = start; index < end; index++)
        {
            Segment segment = segments[index];
            float* sum = GradientSum + segment.Start, gradients = Gradients + segment.Start;
            if (StartsSum && weight == 1)
            {
                new ReadOnlySpan<float>(gradients, segment.Count).CopyTo(new Span<float>(sum, segment.Count));
                continue;
            }
            if (StartsSum)
                new Span<float>(sum, segment.Count).Clear();
            summation.Apply(sum, gradients, &weight, null, null, null, 0, segment.Count);
        }
    }

    /// <param name="Start">Where its gradients and states begin in their blocks, in floats.</param>
    /// <param name="Count">How many elements it has.</param>
    /// <param name="Settings">Which of the settings it has.</param>
    /// <param name="Parameter">Which parameter it is a part of.</param>
    /// <param name="Values">Its elements.</param>
    readonly record struct Segment(long Start, int Count, int Settings, int Parameter, TrainedValues Values);
}
