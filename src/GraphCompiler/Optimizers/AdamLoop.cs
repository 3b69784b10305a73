using System.Runtime.CompilerServices;
using GraphCompiler.Kernels;

namespace GraphCompiler;

/// <summary>
/// The loop of <see cref="Adam"/> and <see cref="AdamW"/>: one pass reads parameter, gradient and both moments and
/// writes back all but the gradient. Both forms of decay are in the one formula, each neutral where it does not apply:
/// the L2 form adds a multiple of the parameter to the gradient, the decoupled form shrinks the parameter.
/// </summary>
internal sealed unsafe class AdamLoop(Adam optimizer, bool decoupled) : OptimizerLoop
{
    readonly float beta1 = (float)optimizer.Beta1;
    readonly float beta2 = (float)optimizer.Beta2;
    readonly float intake1 = (float)(1 - optimizer.Beta1);
    readonly float intake2 = (float)(1 - optimizer.Beta2);
    readonly float epsilon = (float)optimizer.Epsilon;
    readonly float penalty = decoupled ? 0 : (float)optimizer.WeightDecay;
    float step, rootCorrection, keep;

    public override void Prepare(double learningRate, long update)
    {
        double correction1 = 1 - Math.Pow(optimizer.Beta1, update);
        double correction2 = 1 - Math.Pow(optimizer.Beta2, update);
        step = (float)(-learningRate / correction1);
        rootCorrection = (float)(1 / Math.Sqrt(correction2));
        keep = decoupled ? (float)(1 - learningRate * optimizer.WeightDecay) : 1;
    }

    public override void Apply(
        float* parameters, float* gradients, float gradientScale, float* state, long stateStride, int count, bool decays)
    {
        Moments moments = new(state, state + stateStride, decays ? penalty : 0, decays ? keep : 1);
        if (VectorWidth.Widest == 512)
            Apply<Float512>(parameters, gradients, gradientScale, moments, count);
        else if (VectorWidth.Widest == 256)
            Apply<Float256>(parameters, gradients, gradientScale, moments, count);
        else
            Apply<Float128>(parameters, gradients, gradientScale, moments, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Apply<TVector>(float* parameters, float* gradients, float gradientScale, in Moments moments, int count)
        where TVector : unmanaged, IVector<TVector>
    {
        Coefficients<TVector> coefficients = new()
        {
            Scale = TVector.Splat(gradientScale),
            Penalty = TVector.Splat(moments.Penalty),
            Keep = TVector.Splat(moments.Keep),
            Beta1 = TVector.Splat(beta1),
            Beta2 = TVector.Splat(beta2),
            Intake1 = TVector.Splat(intake1),
            Intake2 = TVector.Splat(intake2),
            Step = TVector.Splat(step),
            RootCorrection = TVector.Splat(rootCorrection),
            Epsilon = TVector.Splat(epsilon),
        };
        float* means = moments.Means;
        float* squares = moments.Squares;

        int index = 0;
        for (; index <= count - TVector.Count; index += TVector.Count)
        {
            TVector p = TVector.Load(parameters + index), m = TVector.Load(means + index), v = TVector.Load(squares + index);
            Update(coefficients, TVector.Load(gradients + index), ref p, ref m, ref v);
            TVector.Store(parameters + index, p);
            TVector.Store(means + index, m);
            TVector.Store(squares + index, v);
        }

        if (index < count)
        {
            int rest = count - index;
            TVector p = TVector.LoadPartial(parameters + index, rest);
            TVector m = TVector.LoadPartial(means + index, rest);
            TVector v = TVector.LoadPartial(squares + index, rest);
            Update(coefficients, TVector.LoadPartial(gradients + index, rest), ref p, ref m, ref v);
            TVector.StorePartial(parameters + index, rest, p);
            TVector.StorePartial(means + index, rest, m);
            TVector.StorePartial(squares + index, rest, v);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Update<TVector>(in Coefficients<TVector> c, TVector gradient, ref TVector p, ref TVector m, ref TVector v)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector g = TVector.FusedMultiplyAdd(c.Penalty, p, gradient * c.Scale);
        m = TVector.FusedMultiplyAdd(c.Beta1, m, c.Intake1 * g);
        v = TVector.FusedMultiplyAdd(c.Beta2, v, c.Intake2 * (g * g));
        TVector denominator = TVector.FusedMultiplyAdd(TVector.Sqrt(v), c.RootCorrection, c.Epsilon);
        p = TVector.FusedMultiplyAdd(p, c.Keep, c.Step * m / denominator);
    }

    /// <summary>Where a segment's moments lie, and its two forms of decay.</summary>
    readonly record struct Moments(nint MeansAddress, nint SquaresAddress, float Penalty, float Keep)
    {
        public Moments(float* means, float* squares, float penalty, float keep)
            : this((nint)means, (nint)squares, penalty, keep)
        {
        }

        public float* Means => (float*)MeansAddress;

        public float* Squares => (float*)SquaresAddress;
    }

    struct Coefficients<TVector>
    {
        public TVector Scale, Penalty, Keep, Beta1, Beta2, Intake1, Intake2, Step, RootCorrection, Epsilon;
    }
}
