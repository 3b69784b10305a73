namespace GraphCompiler;

/// <summary>
/// What <see cref="LoraAttribute"/> adds to a linear layer: scale · (x · Aᵀ) · Bᵀ, with A [rank, inputs] and B [outputs, rank] (Hu et al. 2021,
/// "LoRA: Low-Rank Adaptation of Large Language Models"). The names, <c>lora_A.weight</c> and <c>lora_B.weight</c>, and first values are those of
/// Hugging Face's peft: A uniform as a linear layer's weight, B zero, so that at first nothing is added.
/// </summary>
/// <param name="inputs">The size of the last axis of the layer's input.</param>
/// <param name="outputs">The size of the last axis of the layer's output.</param>
/// <param name="rank">The rank of what is added to the weight.</param>
/// <param name="scale">What the product is multiplied with: <see cref="LoraAttribute.Alpha"/> by rank.</param>
/// <param name="dropout">The probability with which training drops elements of the input; 0 for none.</param>
/// <param name="layout">How the layer's weight is stored.</param>
[Module]
public sealed class LoraAdapter(int inputs, int outputs, int rank, float scale, float dropout, WeightLayout layout)
{
    [Name("lora_A")]
    readonly Linear down = new(inputs, rank, bias: false);

    [Name("lora_B")]
    readonly Linear up = new(rank, outputs, bias: false, Init.Zeros);

    /// <summary>How the layer's weight is stored.</summary>
    public WeightLayout Layout => layout;

    /// <summary>What is added to the layer's result.</summary>
    /// <param name="x">The layer's input, [..., inputs].</param>
    public Tensor Forward(Tensor x) => up.Forward(down.Forward(dropout > 0 ? Ops.Dropout(x, dropout) : x)) * scale;
}

/// <summary>
/// A layer that <see cref="LoraAttribute"/> can choose: a linear map with a parameter <c>weight</c> of its own. <see cref="Linear"/> and
/// <see cref="TransposedLinear"/> are such.
/// </summary>
public interface ILoraTarget
{
    /// <summary>
    /// Called while the model is compiled: the layer makes a <see cref="LoraAdapter"/>, keeps it in a field marked <c>[Name("")]</c>, and adds its result
    /// to its own.
    /// </summary>
    /// <param name="rank">The adapter's rank.</param>
    /// <param name="scale">The adapter's scale.</param>
    /// <param name="dropout">The adapter's dropout.</param>
    void AddLora(int rank, float scale, float dropout);
}
