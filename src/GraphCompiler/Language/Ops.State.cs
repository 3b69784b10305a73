namespace GraphCompiler;

public static partial class Ops
{
    /// <summary>One value in training steps and another in inference, as dropout and batch normalisation need it.</summary>
    /// <param name="training">The value in training steps.</param>
    /// <param name="inference">The value in inference; a shape that broadcasts with that of <paramref name="training"/>.</param>
    public static Tensor WhenTraining(Tensor training, Tensor inference) => throw Symbolic.Executed();
}
