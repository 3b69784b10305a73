namespace Steps;

/// <summary>One of the six examples.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Run">Runs it and prints its numbers.</param>
public sealed record Lesson(string Title, Action<TextWriter> Run)
{
    /// <summary>The examples, each building on those before it.</summary>
    public static Lesson[] All =>
    [
        new("Forward pass only", ForwardPass.Run),
        new("One training step", TrainingStep.Run),
        new("Full backpropagation, every gradient", Backpropagation.Run),
        new("Several patterns in a batch", Patterns.Run),
        new("Feed-forward with residuals", Residuals.Run),
        new("A complete transformer", CompleteTransformer.Run),
    ];
}
