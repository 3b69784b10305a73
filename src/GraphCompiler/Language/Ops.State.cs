namespace GraphCompiler;

public static partial class Ops
{
    /// <summary>One value in training steps and another in inference, as dropout and batch normalisation need it.</summary>
    /// <param name="training">The value in training steps.</param>
    /// <param name="inference">The value in inference; a shape that broadcasts with that of <paramref name="training"/>.</param>
    public static Tensor WhenTraining(Tensor training, Tensor inference) => throw Symbolic.Executed();

    /// <summary>
    /// Refuses training steps with too few of something, as a variance of one value; inference goes on. Where the count is a
    /// constant, an objective with too few does not compile (GC0207); where it depends on named dimensions, a trainer's
    /// <c>Step</c> throws <see cref="ArgumentException"/> before anything changes.
    /// </summary>
    /// <param name="count">How much there is: a constant, or a product of dimensions.</param>
    /// <param name="atLeast">How much there must be.</param>
    /// <param name="what">What it is, for the message: "values of each feature".</param>
    public static void RequireInTraining(int count, int atLeast, string what) => throw Symbolic.Executed();
}
