namespace GraphCompiler;

/// <summary>A module that maps one tensor to one tensor: what <see cref="Sequential"/> is made of.</summary>
public interface ILayer
{
    /// <summary>Applies the layer.</summary>
    /// <param name="x">The input.</param>
    Tensor Forward(Tensor x);
}
