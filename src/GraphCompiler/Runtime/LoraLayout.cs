namespace GraphCompiler.Runtime;

/// <summary>What one of the two parameters of a <see cref="LoraAdapter"/> says of it.</summary>
/// <param name="Scale">What the product B · A is multiplied with.</param>
/// <param name="IsTransposed">Whether the layer's weight is stored [inputs, outputs].</param>
public sealed record LoraLayout(float Scale, bool IsTransposed);
