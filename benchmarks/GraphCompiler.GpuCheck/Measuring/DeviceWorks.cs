using GraphCompiler.GpuCheck.Models;
using GraphCompiler.Ilgpu;

namespace GraphCompiler.GpuCheck.Measuring;

/// <summary>Our side of each work.</summary>
internal static class DeviceWorks
{
    const int Large = RowOperations.Rows * RowOperations.Columns, Small = SmallRowOperations.Rows * SmallRowOperations.Columns;
    const int Operand = CausalAttention.Batch * CausalAttention.Heads * CausalAttention.Time * CausalAttention.HeadSize;
    const int SmallOperand = SmallCausalAttention.Batch * SmallCausalAttention.Heads * SmallCausalAttention.Time * SmallCausalAttention.HeadSize;
    const int LongOperand = LongCausalAttentionBFloat16.Batch * LongCausalAttentionBFloat16.Heads * LongCausalAttentionBFloat16.Time * LongCausalAttentionBFloat16.HeadSize;
    const int Words = 50257;

    /// <summary>Products in a chain.</summary>
    public const int ProductsOfChain = ProductChain4096BFloat16.Products;

    /// <summary>All parameters decay, as PyTorch's do.</summary>
    static AdamW Updates => UpdatesOf(1e-4);

    static AdamW UpdatesOf(double learningRate) => new() { LearningRate = learningRate, WeightDecay = 0.01, DecayRule = ParameterRules.All };

    static Sgd Still => new() { LearningRate = 0 };

    /// <summary>Prepares a work; the device may round to TF32 where its name says so.</summary>
    public static DeviceWork Prepare(string name, IlgpuDevice device)
        => name.Replace("tf32", "fp32", StringComparison.Ordinal) switch
        {
            "scale 16384x4096 fp32" => Method(device, new RowOperations(1, device), "Scale", Large, (m, y) => m.Scale(y)),
            "softmax 16384x4096 fp32" => Method(device, new RowOperations(1, device), "Softmax", Large, (m, y) => m.Softmax(y)),
            "layernorm 16384x4096 fp32" => Method(device, new RowOperations(1, device), "LayerNorm", Large, (m, y) => m.LayerNorm(y)),
            "gelu 16384x4096 fp32" => Method(device, new RowOperations(1, device), "GeluTanh", Large, (m, y) => m.GeluTanh(y)),
            "scale 8x64 fp32" => Method(device, new SmallRowOperations(1, device), "Scale", Small, (m, y) => m.Scale(y)),
            "softmax 8x64 fp32" => Method(device, new SmallRowOperations(1, device), "Softmax", Small, (m, y) => m.Softmax(y)),
            "layernorm 8x64 fp32" => Method(device, new SmallRowOperations(1, device), "LayerNorm", Small, (m, y) => m.LayerNorm(y)),
            "gelu 8x64 fp32" => Method(device, new SmallRowOperations(1, device), "GeluTanh", Small, (m, y) => m.GeluTanh(y)),
            "matmul 64 fp32" => Method(device, new Product64(1, device), "Result", 64 * 64, (m, y) => m.Result(y)),
            "matmul 64 bf16" => Method(device, new Product64BFloat16(1, device), "Result", 64 * 64, (m, y) => m.Result(y)),
            "matmul 64 fp16" => Method(device, new Product64Float16(1, device), "Result", 64 * 64, (m, y) => m.Result(y)),
            "chain 64 bf16" => Method(device, new ProductChain64BFloat16(1, device), "Result", 64 * 64, (m, y) => m.Result(y)),
            "matmul 1024 fp32" => Method(device, new Product1024(1, device), "Result", 1024 * 1024, (m, y) => m.Result(y)),
            "matmul 2048 fp32" => Method(device, new Product2048(1, device), "Result", 2048 * 2048, (m, y) => m.Result(y)),
            "matmul 4096 fp32" => Method(device, new Product4096(1, device), "Result", 4096 * 4096, (m, y) => m.Result(y)),
            "matmul 4096 bf16" => Method(device, new Product4096BFloat16(1, device), "Result", 4096 * 4096, (m, y) => m.Result(y)),
            "matmul 4096 fp16" => Method(device, new Product4096Float16(1, device), "Result", 4096 * 4096, (m, y) => m.Result(y)),
            "chain 4096 bf16" => Method(device, new ProductChain4096BFloat16(1, device), "Result", 4096 * 4096, (m, y) => m.Result(y)),
            "attention 4x12x1024x64 fp32" => Method(device, new CausalAttention(1, device), "Result", Operand, (m, y) => m.Result(y)),
            "attention 4x12x1024x64 bf16" => Method(device, new CausalAttentionBFloat16(1, device), "Result", Operand, (m, y) => m.Result(y)),
            "attention 1x12x8192x64 bf16" => Method(device, new LongCausalAttentionBFloat16(1, device), "Result", LongOperand, (m, y) => m.Result(y)),
            "attention 1x2x32x16 fp32" => Method(device, new SmallCausalAttention(1, device), "Result", SmallOperand, (m, y) => m.Result(y)),
            "attention 1x2x32x16 bf16" => Method(device, new SmallCausalAttentionBFloat16(1, device), "Result", SmallOperand, (m, y) => m.Result(y)),
            "attention-backward 4x12x1024x64 fp32" => Gradient(device, new CausalAttention(1, device), m => m.CreateTrainer(Still), (t, factor) => t.Step(factor)),
            "attention-backward 4x12x1024x64 bf16" => Gradient(device, new CausalAttentionBFloat16(1, device), m => m.CreateTrainer(Still), (t, factor) => t.Step(factor)),
            "attention-backward 1x12x8192x64 bf16" => Gradient(device, new LongCausalAttentionBFloat16(1, device), m => m.CreateTrainer(Still), (t, factor) => t.Step(factor)),
            "attention-backward 1x2x32x16 fp32" => Gradient(device, new SmallCausalAttention(1, device), m => m.CreateTrainer(Still), (t, factor) => t.Step(factor)),
            "attention-backward 1x2x32x16 bf16" => Gradient(device, new SmallCausalAttentionBFloat16(1, device), m => m.CreateTrainer(Still), (t, factor) => t.Step(factor)),
            "adamw 8192x8192 fp32" => Update(device, new Numbers64M(1, device), m => m.CreateTrainer(UpdatesOf(0.1)), t => t.Queue(1)),
            "adamw 64x64 fp32" => Update(device, new Numbers4K(1, device), m => m.CreateTrainer(UpdatesOf(0.1)), t => t.Queue(1)),
            "gpt tiny 12x64 fp32" => Step(device, new TinyGpt(1, device), m => m.CreateTrainer(Updates), 12 * 64, 65, (t, x, y) => t.Queue(x, y), (t, x, y) => t.Step(x, y)),
            "gpt small 2x8 fp32" => Step(device, new SmallGpt(1, device), m => m.CreateTrainer(Updates), 2 * 8, 17, (t, x, y) => t.Queue(x, y), (t, x, y) => t.Step(x, y)),
            "gpt small 2x8 bf16" => Step(device, new SmallGptBFloat16(1, device), m => m.CreateTrainer(Updates), 2 * 8, 17, (t, x, y) => t.Queue(x, y), (t, x, y) => t.Step(x, y)),
            "gpt gpt2 4x64 fp32" => Step(device, new Gpt2Of4x64(1, device), m => m.CreateTrainer(Updates), 4 * 64, Words, (t, x, y) => t.Queue(x, y), (t, x, y) => t.Step(x, y)),
            "gpt gpt2 4x64 bf16" =>
                Step(device, new Gpt2Of4x64BFloat16(1, device), m => m.CreateTrainer(Updates), 4 * 64, Words, (t, x, y) => t.Queue(x, y), (t, x, y) => t.Step(x, y)),
            "gpt gpt2 8x1024 fp32" =>
                Step(device, new Gpt2Of8x1024(1, device), m => m.CreateTrainer(Updates), 8 * 1024, Words, (t, x, y) => t.Queue(x, y), (t, x, y) => t.Step(x, y)),
            "gpt gpt2 8x1024 bf16" =>
                Step(device, new Gpt2Of8x1024BFloat16(1, device), m => m.CreateTrainer(Updates), 8 * 1024, Words, (t, x, y) => t.Queue(x, y), (t, x, y) => t.Step(x, y)),
            "decode gpt2 fp32" => Decode(device, new Gpt2Decoder(1, device), m => m.CreateSession(), Words, 1024, (s, x, at, y) => s.Next(x, at, y)),
            "decode gpt2 bf16" => Decode(device, new Gpt2DecoderBFloat16(1, device), m => m.CreateSession(), Words, 1024, (s, x, at, y) => s.Next(x, at, y)),
            "decode small fp32" => Decode(device, new SmallGptDecoder(1, device), m => m.CreateSession(), 17, 8, (s, x, at, y) => s.Next(x, at, y)),
            "decode small bf16" => Decode(device, new SmallGptDecoderBFloat16(1, device), m => m.CreateSession(), 17, 8, (s, x, at, y) => s.Next(x, at, y)),
            _ => throw new ArgumentException($"There is no work {name}."),
        };

    static MethodWork Method<TModel>(IlgpuDevice device, TModel model, string name, int count, Action<TModel, float[]> call)
        where TModel : GraphModel
        => new(device, model, name, count, result => call(model, result));

    static GradientWork Gradient<TModel, TTrainer>(IlgpuDevice device, TModel model, Func<TModel, TTrainer> create, Func<TTrainer, float, float> step)
        where TModel : GraphModel
        where TTrainer : GraphTrainer
    {
        var trainer = create(model);
        return new(device, model, trainer, factor => step(trainer, factor));
    }

    static UpdateWork Update<TModel, TTrainer>(IlgpuDevice device, TModel model, Func<TModel, TTrainer> create, Action<TTrainer> queue)
        where TModel : GraphModel
        where TTrainer : GraphTrainer
    {
        var trainer = create(model);
        return new(device, model, trainer, () => queue(trainer));
    }

    static StepWork Step<TModel, TTrainer>(
        IlgpuDevice device, TModel model, Func<TModel, TTrainer> create, int tokens, int vocabulary, Action<TTrainer, int[], int[]> queue, Func<TTrainer, int[], int[], float> step)
        where TModel : GraphModel
        where TTrainer : GraphTrainer
    {
        var trainer = create(model);
        return new(device, model, trainer, tokens, vocabulary, (x, y) => queue(trainer, x, y), (x, y) => step(trainer, x, y));
    }

    static DecodeWork Decode<TModel, TSession>(
        IlgpuDevice device, TModel model, Func<TModel, TSession> create, int vocabulary, int context, Action<TSession, int[], int, float[]> next)
        where TModel : GraphModel
        where TSession : GraphSession
    {
        var session = create(model);
        return new(device, model, session, vocabulary, context, (token, position, logits) => next(session, [token], position, logits));
    }
}
