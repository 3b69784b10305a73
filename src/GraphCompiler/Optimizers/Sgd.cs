using System.Runtime.CompilerServices;
using GraphCompiler.Kernels;

namespace GraphCompiler;

/// <summary>
/// Stochastic gradient descent with momentum, by the formula of <c>torch.optim.SGD</c>:
/// <code>
/// g = gradient + WeightDecay * p
/// b = g at the first update, then Momentum * b + (1 - Dampening) * g
/// p = p - rate * (Nesterov ? g + Momentum * b : b)
/// </code>
/// Without momentum, <c>b</c> is <c>g</c>.
/// </summary>
/// <remarks>
/// Source: the algorithm in the documentation of torch.optim.SGD; Nesterov's form after Sutskever et al.,
/// "On the importance of initialization and momentum in deep learning", ICML 2013. Weight decay applies to every
/// parameter unless <see cref="Optimizer.DecayRule"/> says otherwise.
/// </remarks>
public sealed class Sgd : Optimizer
{
    /// <summary>PyTorch's defaults, with a learning rate of 0.001.</summary>
    public Sgd()
        : base(learningRate: 1e-3, weightDecay: 0, ParameterRules.All)
    {
    }

    /// <summary>How much of the last step's direction is kept; 0, the default, keeps no state.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double Momentum
    {
        get;
        init => field = NotNegative(value);
    }

    /// <summary>How much of the gradient is withheld from the momentum; 0 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite or beyond a float's range.</exception>
    public double Dampening
    {
        get;
        init => field = Math.Abs(value) <= float.MaxValue
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Dampening must be finite.");
    }

    /// <summary>Whether to look ahead along the momentum; needs a momentum and no dampening.</summary>
    public bool Nesterov { get; init; }

    internal override string Kind => "SGD";

    internal override IReadOnlyList<string> StateNames => Momentum > 0 ? ["momentum_buffer"] : [];

    internal override IEnumerable<(string Name, string Value)> Hyperparameters =>
    [
        .. base.Hyperparameters,
        ("momentum", Text(Momentum)), ("dampening", Text(Dampening)), ("nesterov", Nesterov ? "true" : "false"),
    ];

    internal override OptimizerLoop CreateLoop()
        => Nesterov && (Momentum <= 0 || Dampening != 0)
            ? throw new InvalidOperationException("Nesterov needs a momentum and zero dampening.")
            : new Loop(this);

    sealed unsafe class Loop(Sgd optimizer) : OptimizerLoop
    {
        readonly bool hasMomentum = optimizer.Momentum > 0;
        readonly float momentum = (float)optimizer.Momentum;
        readonly float decay = (float)optimizer.WeightDecay;
        float rate, intake;

        public override void Prepare(double learningRate, long update)
        {
            rate = (float)learningRate;

            // The buffer is zero before the first update, so taking the gradient whole gives PyTorch's first buffer.
            intake = update == 1 ? 1 : (float)(1 - optimizer.Dampening);
        }

        public override void Apply(
            float* parameters, float* gradients, float gradientScale, float* state, long stateStride, int count, bool decays)
        {
            if (VectorWidth.Widest == 512)
                Apply<Float512>(parameters, gradients, gradientScale, state, count, decays ? decay : 0);
            else if (VectorWidth.Widest == 256)
                Apply<Float256>(parameters, gradients, gradientScale, state, count, decays ? decay : 0);
            else
                Apply<Float128>(parameters, gradients, gradientScale, state, count, decays ? decay : 0);
        }

        void Apply<TVector>(float* parameters, float* gradients, float gradientScale, float* buffer, int count, float decay)
            where TVector : unmanaged, IVector<TVector>
        {
            if (hasMomentum)
                WithMomentum<TVector>(parameters, gradients, gradientScale, buffer, count, decay);
            else
                Plain<TVector>(parameters, gradients, gradientScale, count, decay);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Plain<TVector>(float* parameters, float* gradients, float gradientScale, int count, float decay)
            where TVector : unmanaged, IVector<TVector>
        {
            TVector scale = TVector.Splat(gradientScale), decays = TVector.Splat(decay), step = TVector.Splat(-rate);

            int index = 0;
            for (; index <= count - TVector.Count; index += TVector.Count)
            {
                TVector p = TVector.Load(parameters + index);
                TVector g = TVector.FusedMultiplyAdd(decays, p, TVector.Load(gradients + index) * scale);
                TVector.Store(parameters + index, TVector.FusedMultiplyAdd(step, g, p));
            }

            if (index < count)
            {
                TVector p = TVector.LoadPartial(parameters + index, count - index);
                TVector g = TVector.FusedMultiplyAdd(decays, p, TVector.LoadPartial(gradients + index, count - index) * scale);
                TVector.StorePartial(parameters + index, count - index, TVector.FusedMultiplyAdd(step, g, p));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void WithMomentum<TVector>(float* parameters, float* gradients, float gradientScale, float* buffer, int count, float decay)
            where TVector : unmanaged, IVector<TVector>
        {
            TVector scale = TVector.Splat(gradientScale), decays = TVector.Splat(decay), step = TVector.Splat(-rate);
            TVector keep = TVector.Splat(momentum), take = TVector.Splat(intake);

            // The step is along ahead * b + now * g: b alone, or g + momentum * b for Nesterov's form.
            TVector ahead = TVector.Splat(optimizer.Nesterov ? momentum : 1), now = TVector.Splat(optimizer.Nesterov ? 1 : 0);

            int index = 0;
            for (; index <= count - TVector.Count; index += TVector.Count)
            {
                TVector p = TVector.Load(parameters + index);
                TVector b = TVector.Load(buffer + index);
                TVector g = TVector.FusedMultiplyAdd(decays, p, TVector.Load(gradients + index) * scale);
                b = TVector.FusedMultiplyAdd(keep, b, take * g);
                TVector.Store(buffer + index, b);
                TVector.Store(parameters + index, TVector.FusedMultiplyAdd(step, TVector.FusedMultiplyAdd(ahead, b, now * g), p));
            }

            if (index < count)
            {
                int rest = count - index;
                TVector p = TVector.LoadPartial(parameters + index, rest);
                TVector b = TVector.LoadPartial(buffer + index, rest);
                TVector g = TVector.FusedMultiplyAdd(decays, p, TVector.LoadPartial(gradients + index, rest) * scale);
                b = TVector.FusedMultiplyAdd(keep, b, take * g);
                TVector.StorePartial(buffer + index, rest, b);
                TVector.StorePartial(parameters + index, rest, TVector.FusedMultiplyAdd(step, TVector.FusedMultiplyAdd(ahead, b, now * g), p));
            }
        }
    }
}
