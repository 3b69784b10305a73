namespace GraphCompiler;

/// <summary>Chooses parameters, by their name or shape.</summary>
/// <param name="parameter">The parameter in question.</param>
/// <returns>Whether it is chosen.</returns>
public delegate bool ParameterRule(ModelParameter parameter);

/// <summary>The usual choices of parameters.</summary>
public static class ParameterRules
{
    /// <summary>Every parameter.</summary>
    public static ParameterRule All { get; } = static _ => true;

    /// <summary>Parameters with two axes or more: weights, but neither biases nor the gains of normalisations.</summary>
    public static ParameterRule Matrices { get; } = static parameter => parameter.Rank >= 2;
}
