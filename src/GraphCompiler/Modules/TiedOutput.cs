namespace GraphCompiler;

/// <summary>
/// x · weightᵀ with the weight of an embedding: the output layer of a language model whose words have one vector for
/// reading and for writing (Press and Wolf 2017). It has no parameter of its own; the embedding's keeps its name.
/// </summary>
/// <param name="embedding">The embedding, [vocabulary, width].</param>
[Module]
public sealed class TiedOutput(Embedding embedding) : ILayer
{
    // The embedding itself belongs to whoever made it: only its weight is held, and only if no field holds it earlier is
    // it named after this one.
    readonly Parameter weight = embedding.Weight;

    /// <summary>A score for each row of the embedding.</summary>
    /// <param name="x">[..., width]; the result is [..., vocabulary].</param>
    public Tensor Forward(Tensor x) => Ops.MatMul(x, Ops.Transpose(weight));
}
