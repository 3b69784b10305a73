namespace GraphCompiler.GpuCheck.Models;

/// <summary>GPT-2's smallest size, 124 M parameters, on 4 texts of 64 tokens.</summary>
[Graph]
public sealed partial class Gpt2Of4x64
{
    readonly Gpt gpt = new(50257, 1024, layers: 12, heads: 12, width: 768);

    [Objective]
    public Tensor Loss([Shape(4, 64)] Tensor<int> tokens, [Shape(4, 64)] Tensor<int> next) => gpt.Loss(tokens, next);
}

/// <summary>The same on 8 texts of 1024 tokens.</summary>
[Graph]
public sealed partial class Gpt2Of8x1024
{
    readonly Gpt gpt = new(50257, 1024, layers: 12, heads: 12, width: 768);

    [Objective]
    public Tensor Loss([Shape(8, 1024)] Tensor<int> tokens, [Shape(8, 1024)] Tensor<int> next) => gpt.Loss(tokens, next);
}

/// <summary>The same, writing a token at a time.</summary>
[Graph]
public sealed partial class Gpt2Decoder
{
    readonly Gpt gpt = new(50257, 1024, layers: 12, heads: 12, width: 768, decodes: true);

    public Tensor Next([Shape(1)] Tensor<int> token, [Shape] Tensor<int> position) => gpt.Decode(token, position);
}

/// <summary>A GPT of characters: 4 layers of 4 heads, width 128, 12 texts of 64 characters.</summary>
[Graph]
public sealed partial class TinyGpt
{
    readonly Gpt gpt = new(65, 64, layers: 4, heads: 4, width: 128);

    [Objective]
    public Tensor Loss([Shape(12, 64)] Tensor<int> tokens, [Shape(12, 64)] Tensor<int> next) => gpt.Loss(tokens, next);
}

/// <summary>The smallest GPT that has everything a GPT has, to try the check out.</summary>
[Graph]
public sealed partial class SmallGpt
{
    readonly Gpt gpt = new(17, 8, layers: 2, heads: 2, width: 16);

    [Objective]
    public Tensor Loss([Shape(2, 8)] Tensor<int> tokens, [Shape(2, 8)] Tensor<int> next) => gpt.Loss(tokens, next);
}

/// <summary>The same, writing a token at a time.</summary>
[Graph]
public sealed partial class SmallGptDecoder
{
    readonly Gpt gpt = new(17, 8, layers: 2, heads: 2, width: 16, decodes: true);

    public Tensor Next([Shape(1)] Tensor<int> token, [Shape] Tensor<int> position) => gpt.Decode(token, position);
}

/// <inheritdoc cref="Gpt2Of4x64"/>
[Graph(MatMulPrecision = MatMulPrecision.BFloat16)]
public sealed partial class Gpt2Of4x64BFloat16
{
    readonly Gpt gpt = new(50257, 1024, layers: 12, heads: 12, width: 768);

    [Objective]
    public Tensor Loss([Shape(4, 64)] Tensor<int> tokens, [Shape(4, 64)] Tensor<int> next) => gpt.Loss(tokens, next);
}

/// <inheritdoc cref="Gpt2Of8x1024"/>
[Graph(MatMulPrecision = MatMulPrecision.BFloat16)]
public sealed partial class Gpt2Of8x1024BFloat16
{
    readonly Gpt gpt = new(50257, 1024, layers: 12, heads: 12, width: 768);

    [Objective]
    public Tensor Loss([Shape(8, 1024)] Tensor<int> tokens, [Shape(8, 1024)] Tensor<int> next) => gpt.Loss(tokens, next);
}

/// <inheritdoc cref="Gpt2Decoder"/>
[Graph(MatMulPrecision = MatMulPrecision.BFloat16)]
public sealed partial class Gpt2DecoderBFloat16
{
    readonly Gpt gpt = new(50257, 1024, layers: 12, heads: 12, width: 768, decodes: true);

    public Tensor Next([Shape(1)] Tensor<int> token, [Shape] Tensor<int> position) => gpt.Decode(token, position);
}

/// <inheritdoc cref="SmallGpt"/>
[Graph(MatMulPrecision = MatMulPrecision.BFloat16)]
public sealed partial class SmallGptBFloat16
{
    readonly Gpt gpt = new(17, 8, layers: 2, heads: 2, width: 16);

    [Objective]
    public Tensor Loss([Shape(2, 8)] Tensor<int> tokens, [Shape(2, 8)] Tensor<int> next) => gpt.Loss(tokens, next);
}

/// <inheritdoc cref="SmallGptDecoder"/>
[Graph(MatMulPrecision = MatMulPrecision.BFloat16)]
public sealed partial class SmallGptDecoderBFloat16
{
    readonly Gpt gpt = new(17, 8, layers: 2, heads: 2, width: 16, decodes: true);

    public Tensor Next([Shape(1)] Tensor<int> token, [Shape] Tensor<int> position) => gpt.Decode(token, position);
}
