using System.Globalization;
using System.Text;

namespace GraphCompiler;

/// <summary>
/// A factor on the learning rate that depends on nothing but the number of the update, counted from 0. A schedule has a
/// length in updates; after it the factor stays what it was at the end. Pieces are joined with <see cref="Then"/>:
/// <code>LearningRateSchedule.WarmUp(100).Then(LearningRateSchedule.Cosine(9900, floor: 0.1))</code>
/// </summary>
public abstract class LearningRateSchedule
{
    /// <summary>The length of a schedule that never ends.</summary>
    public const long Endless = long.MaxValue;

    /// <summary>For a schedule of your own.</summary>
    /// <param name="length">How many updates it lasts; <see cref="Endless"/> if nothing can follow it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    protected LearningRateSchedule(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
    }

    /// <summary>How many updates it lasts.</summary>
    public long Length { get; }

    /// <summary>
    /// What checkpoints remember of the schedule: two with the same description are taken for the same. For a schedule of your own this is
    /// the name of its type, its length and its factors at updates 0, 1, 2, 4, 8 and so on, unless it describes itself.
    /// </summary>
    public virtual string Description
    {
        get
        {
            StringBuilder text = new($"{GetType().FullName} ({LengthText}):");
            for (long update = 0; update <= Math.Min(Length, 1L << 40); update = Math.Max(1, 2 * update))
            {
                try
                {
                    text.Append(' ').Append(Text(FactorAt(update)));
                }
                catch (Exception)
                {
                    // A table that ends before the schedule says so is no reason to lose a checkpoint.
                    break;
                }
            }
            return text.ToString();
        }
    }

    /// <summary>The factor at an update. A pure function; must be finite and not negative.</summary>
    /// <param name="update">The number of the update, from 0; may be beyond <see cref="Length"/>.</param>
    public abstract double FactorAt(long update);

    /// <summary>The same factor always.</summary>
    /// <param name="factor">The factor.</param>
    /// <param name="length">For how many updates, if something follows.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite, or the length is negative.</exception>
    public static LearningRateSchedule Constant(double factor = 1, long length = Endless)
        => new LinearSchedule(length, Factor(factor), factor);

    /// <summary>
    /// Rises linearly to 1: <c>start + (1 - start) * update / length</c>, as by PyTorch's <c>LinearLR</c>.
    /// </summary>
    /// <param name="length">The number of updates before the factor is 1.</param>
    /// <param name="start">
    /// The factor of update 0; null is <c>1 / (length + 1)</c>, the even step that wastes no update on a rate of zero.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative, or the start is negative or not finite.</exception>
    public static LearningRateSchedule WarmUp(long length, double? start = null)
        => new LinearSchedule(length, Factor(start ?? 1.0 / (length + 1.0)), 1);

    /// <summary>
    /// Falls from 1 to <paramref name="floor"/> along half a cosine:
    /// <c>floor + (1 - floor) * (1 + cos(π * update / length)) / 2</c>.
    /// </summary>
    /// <remarks>Source: Loshchilov and Hutter, "SGDR", ICLR 2017, without restarts; PyTorch's CosineAnnealingLR in closed form.</remarks>
    /// <param name="length">The number of updates before the factor is <paramref name="floor"/>.</param>
    /// <param name="floor">The last factor.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative, or the floor is negative or not finite.</exception>
    public static LearningRateSchedule Cosine(long length, double floor = 0) => new CosineSchedule(length, Factor(floor));

    /// <summary>Falls linearly from 1 to <paramref name="floor"/>: <c>1 - (1 - floor) * update / length</c>.</summary>
    /// <param name="length">The number of updates before the factor is <paramref name="floor"/>.</param>
    /// <param name="floor">The last factor.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative, or the floor is negative or not finite.</exception>
    public static LearningRateSchedule LinearDecay(long length, double floor = 0)
        => new LinearSchedule(length, 1, Factor(floor));

    /// <summary>Warms up, stays at 1, then decays linearly to <paramref name="floor"/>.</summary>
    /// <remarks>Source: Hu et al., "MiniCPM", 2024, with the linear decay of Hägele et al., NeurIPS 2024.</remarks>
    /// <param name="warmUp">The updates of the warm-up.</param>
    /// <param name="stable">The updates at 1.</param>
    /// <param name="decay">The updates of the decay.</param>
    /// <param name="floor">The last factor.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is negative, or the floor is negative or not finite.</exception>
    public static LearningRateSchedule WarmUpStableDecay(long warmUp, long stable, long decay, double floor = 0)
        => WarmUp(warmUp).Then(Constant(1, stable)).Then(LinearDecay(decay, floor));

    /// <summary>This schedule for its length, then <paramref name="next"/>, which counts its updates from there.</summary>
    /// <param name="next">What follows.</param>
    /// <exception cref="InvalidOperationException">This schedule is endless.</exception>
    public LearningRateSchedule Then(LearningRateSchedule next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (Length == Endless)
            throw new InvalidOperationException("Nothing can follow an endless schedule; give it a length.");
        return new SequenceSchedule(this, next);
    }

    /// <summary>This schedule, every factor multiplied with <paramref name="scale"/>.</summary>
    /// <param name="scale">What to multiply with.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is negative or not finite.</exception>
    public LearningRateSchedule Times(double scale) => new ScaledSchedule(this, Factor(scale));

    /// <summary><see cref="Description"/>.</summary>
    public override string ToString() => Description;

    string LengthText => Length == Endless ? "endless" : Length.ToString(CultureInfo.InvariantCulture);

    static string Text(double factor) => factor.ToString("R", CultureInfo.InvariantCulture);

    static double Factor(double value)
        => value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A factor must be finite and not negative.");

    /// <summary>How much of the length has passed, from 0 to 1. Nothing is left of an empty schedule.</summary>
    static double Progress(long update, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(update);
        return update >= length ? 1 : (double)update / length;
    }

    sealed class LinearSchedule(long length, double first, double last) : LearningRateSchedule(length)
    {
        public override string Description => first == last
            ? $"constant {Text(first)} ({LengthText})"
            : $"linear {Text(first)} to {Text(last)} ({LengthText})";

        public override double FactorAt(long update)
        {
            double progress = Progress(update, Length);
            return progress == 1 ? last : first + (last - first) * progress;
        }
    }

    sealed class CosineSchedule(long length, double floor) : LearningRateSchedule(length)
    {
        public override string Description => $"cosine 1 to {Text(floor)} ({LengthText})";

        public override double FactorAt(long update)
            => floor + (1 - floor) * (1 + Math.Cos(Math.PI * Progress(update, Length))) / 2;
    }

    sealed class SequenceSchedule(LearningRateSchedule first, LearningRateSchedule second)
        : LearningRateSchedule(second.Length == Endless ? Endless : checked(first.Length + second.Length))
    {
        public override string Description => $"{first.Description}, then {second.Description}";

        public override double FactorAt(long update)
            => update < first.Length ? first.FactorAt(update) : second.FactorAt(update - first.Length);
    }

    sealed class ScaledSchedule(LearningRateSchedule inner, double scale) : LearningRateSchedule(inner.Length)
    {
        public override string Description => $"({inner.Description}) times {Text(scale)}";

        public override double FactorAt(long update) => scale * inner.FactorAt(update);
    }
}
