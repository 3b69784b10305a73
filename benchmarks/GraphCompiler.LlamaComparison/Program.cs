using System.Diagnostics;
using System.Globalization;
using GraphCompiler;
using GraphCompiler.LlamaComparison;
using LLama;
using LLama.Common;
using LLama.Native;

// dotnet run -c Release --project benchmarks/GraphCompiler.LlamaComparison
//
// GPT-2 124M with random packed weights, here and in llama.cpp (LLamaSharp's build for the CPU): a prompt of 64 tokens, then 64 tokens one by one, of
// which the time of each kind is taken in turns. Ratios above 1 say that this library is faster.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int Turns = 9, Tokens = 64;
NativeLogConfig.llama_log_set((level, message) =>
{
    if (level == LLamaLogLevel.Error)
        Console.Error.Write(message);
});
string folder = Directory.CreateTempSubdirectory("llama-comparison-").FullName;
try
{
    foreach (var (format, type) in new[] { (WeightFormat.Int8, GgufType.Q8_0), (WeightFormat.Int4, GgufType.Q4_0) })
    {
        string path = Path.Combine(folder, $"{type}.gguf");
        GgufFile.WriteGpt2(path, type);
        for (int threads = 1; threads <= Environment.ProcessorCount; threads *= 2)
            Compare(format, type, path, threads);
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

static void Compare(WeightFormat format, GgufType type, string path, int threads)
{
    var parameters = new ModelParams(path) { ContextSize = Gpt2Sizes.Context, Threads = threads, BatchThreads = threads, GpuLayerCount = 0 };
    using var weights = LLamaWeights.LoadFromFile(parameters);
    using var context = weights.CreateContext(parameters);
    int[] prompt = [.. Enumerable.Range(0, Gpt2Sizes.Prompt).Select(i => 1000 + i * 37)];
    float[] logits = new float[Gpt2Sizes.Vocabulary];
    using GraphModel model = format == WeightFormat.Int8 ? new Gpt2OfInt8(seed: 1, new() { Threads = threads }) : new Gpt2OfInt4(seed: 1, new() { Threads = threads });
    // Memory that nobody has written would be read from a cache, whatever its size.
    using (var floats = new Gpt2OfFloats(seed: 1))
        model.Quantize(floats);
    var (ownPrompt, ownTokens, theirPrompt, theirTokens) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
    for (int turn = 0; turn <= Turns; turn++)
    {
        var own = Own(model, prompt, logits);
        var their = Theirs(context, prompt);
        // The first turn is to warm up.
        if (turn == 0)
            continue;
        ownPrompt.Add(own.Prompt);
        ownTokens.Add(own.Tokens);
        theirPrompt.Add(their.Prompt);
        theirTokens.Add(their.Tokens);
    }
    Console.WriteLine(
        $"{format} against {type}, {threads} threads: a token {Median(ownTokens) * 1e3:F2} ms, {Median(theirTokens) * 1e3:F2} ms, ratio {Median(theirTokens) / Median(ownTokens):F2}; "
        + $"prompt of {prompt.Length} {Median(ownPrompt) * 1e3:F1} ms, {Median(theirPrompt) * 1e3:F1} ms, ratio {Median(theirPrompt) / Median(ownPrompt):F2}");
}

// Seconds of the prompt, and of a token after it.
static (double Prompt, double Tokens) Own(GraphModel model, int[] prompt, float[] logits)
{
    using GraphSession session = model is Gpt2OfInt8 int8 ? int8.CreateSession() : ((Gpt2OfInt4)model).CreateSession();
    void Next(ReadOnlySpan<int> text, int position)
    {
        if (session is Gpt2OfInt8.Session eight)
            eight.Next(text, position, logits);
        else
            ((Gpt2OfInt4.Session)session).Next(text, position, logits);
    }
    long start = Stopwatch.GetTimestamp();
    Next(prompt, 0);
    double ofPrompt = Stopwatch.GetElapsedTime(start).TotalSeconds;
    start = Stopwatch.GetTimestamp();
    for (int i = 0; i < Tokens; i++)
        Next(prompt.AsSpan(i % prompt.Length, 1), prompt.Length + i);
    return (ofPrompt, Stopwatch.GetElapsedTime(start).TotalSeconds / Tokens);
}

static (double Prompt, double Tokens) Theirs(LLamaContext context, int[] prompt)
{
    context.NativeHandle.MemoryClear();
    var batch = new LLamaBatch();
    for (int i = 0; i < prompt.Length; i++)
        batch.Add(prompt[i], i, LLamaSeqId.Zero, i == prompt.Length - 1);
    long start = Stopwatch.GetTimestamp();
    Decode(context, batch);
    double ofPrompt = Stopwatch.GetElapsedTime(start).TotalSeconds;
    start = Stopwatch.GetTimestamp();
    for (int i = 0; i < Tokens; i++)
    {
        batch.Clear();
        batch.Add(prompt[i % prompt.Length], prompt.Length + i, LLamaSeqId.Zero, true);
        Decode(context, batch);
    }
    return (ofPrompt, Stopwatch.GetElapsedTime(start).TotalSeconds / Tokens);
}

static void Decode(LLamaContext context, LLamaBatch batch)
{
    if (context.Decode(batch) is not DecodeResult.Ok and var result)
        throw new InvalidOperationException($"llama.cpp answers {result}.");
    _ = context.NativeHandle.GetLogitsIth(batch.TokenCount - 1)[0];
}

static double Median(List<double> values)
{
    values.Sort();
    return values[values.Count / 2];
}
