namespace GraphCompiler;

/// <summary>What becomes of a loss's single numbers.</summary>
public enum Reduction
{
    /// <summary>Their mean, weighted where there are weights; 0 where the weights' sum is 0.</summary>
    Mean,

    /// <summary>Their sum, each times its weight.</summary>
    Sum,

    /// <summary>They stay, each times its weight.</summary>
    None,
}
