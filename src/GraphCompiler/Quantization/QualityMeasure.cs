namespace GraphCompiler;

/// <summary>What a model is good for, measured on data of the user's: a perplexity, an accuracy.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Before">Measures the model whose weights are quantised.</param>
/// <param name="After">Measures the model that gets them; called when it has them.</param>
public sealed record QualityMeasure(string Name, Func<double> Before, Func<double> After);
