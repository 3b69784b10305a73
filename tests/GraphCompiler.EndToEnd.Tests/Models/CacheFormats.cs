using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Two blocks of decoding attention, of two kinds.</summary>
[Module]
public sealed class FormatReader
{
    public const int Context = 96, Vocabulary = 40, Width = 128;

    readonly Embedding tokens = new(Vocabulary, Width);
    readonly GroupedQueryAttention first;
    readonly MultiHeadAttention second;
    readonly Linear output = new(Width, Vocabulary);

    public FormatReader(CacheFormat format)
    {
        first = new(Width, heads: 4, keyHeads: 2, headSize: 64, rotary: new(64), context: Context, cacheFormat: format);
        second = new(Width, heads: 2, context: Context, cacheFormat: format);
    }

    public Tensor Next(Tensor<int> ids, Tensor<int> position)
    {
        Tensor x = tokens.Forward(ids);
        x += first.Decode(x, position);
        x += second.Decode(x, position, window: 50);
        return output.Forward(x[^1]);
    }
}

[Graph]
[Dim("time", Max = FormatReader.Context)]
public sealed partial class Float32Cache
{
    readonly FormatReader reader = new(CacheFormat.Float32);

    public Tensor Next([Shape("time")] Tensor<int> ids, [Shape] Tensor<int> position) => reader.Next(ids, position);
}

[Graph]
[Dim("time", Max = FormatReader.Context)]
public sealed partial class BFloat16Cache
{
    readonly FormatReader reader = new(CacheFormat.BFloat16);

    public Tensor Next([Shape("time")] Tensor<int> ids, [Shape] Tensor<int> position) => reader.Next(ids, position);
}

[Graph]
[Dim("time", Max = FormatReader.Context)]
public sealed partial class Float16Cache
{
    readonly FormatReader reader = new(CacheFormat.Float16);

    public Tensor Next([Shape("time")] Tensor<int> ids, [Shape] Tensor<int> position) => reader.Next(ids, position);
}

[Graph]
[Dim("time", Max = FormatReader.Context)]
public sealed partial class Int8Cache
{
    readonly FormatReader reader = new(CacheFormat.Int8);

    public Tensor Next([Shape("time")] Tensor<int> ids, [Shape] Tensor<int> position) => reader.Next(ids, position);
}
