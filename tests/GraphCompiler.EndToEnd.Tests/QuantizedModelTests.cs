using GraphCompiler.Checkpoints;
using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>A trained model, the same with packed weights, and their files.</summary>
public sealed class QuantizedModelTests : IDisposable
{
    const int Positions = TrainedGpt.Batch * TrainedGpt.Context, Logits = Positions * TrainedGpt.Vocabulary;

    readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Tokens of a simple grammar, which a few steps learn.</summary>
    static (int[] Ids, int[] Next) Text(int seed)
    {
        var random = new Random(seed);
        int[] ids = new int[Positions], next = new int[Positions];
        for (int row = 0; row < TrainedGpt.Batch; row++)
        {
            int token = random.Next(TrainedGpt.Vocabulary);
            for (int i = row * TrainedGpt.Context; i < (row + 1) * TrainedGpt.Context; i++)
            {
                ids[i] = token;
                token = next[i] = random.Next(4) == 0 ? random.Next(TrainedGpt.Vocabulary) : ((token * 5) + 3) % TrainedGpt.Vocabulary;
            }
        }
        return (ids, next);
    }

    static TrainedGpt Trained(int steps)
    {
        TrainedGpt model = new(seed: 3);
        using var trainer = model.CreateTrainer(new AdamW { LearningRate = 3e-3 });
        for (int step = 0; step < steps; step++)
        {
            var (ids, next) = Text(step);
            trainer.Step(ids, next);
        }
        return model;
    }

    static double Perplexity(Func<int[], int[], float> loss) =>
        Math.Exp(Enumerable.Range(1000, 8).Average(seed => loss(Text(seed).Ids, Text(seed).Next)));

    [Fact]
    public void A_trained_model_loses_almost_nothing()
    {
        using TrainedGpt model = Trained(steps: 150);
        using GptOfInt8 int8 = new();
        using GptOfInt4 int4 = new();

        QuantizationReport report8 = int8.Quantize(model, Measure((ids, next) => int8.Loss(ids, next)));
        QuantizationReport report4 = int4.Quantize(model, Measure((ids, next) => int4.Loss(ids, next)));

        Assert.InRange(report8.QualityBefore, 2, 15);
        Assert.InRange(report8.QualityAfter / report8.QualityBefore, 0.99, 1.001);
        Assert.InRange(report4.QualityAfter / report4.QualityBefore, 0.99, 1.03);
        Assert.NotEqual(report8.QualityBefore, report8.QualityAfter);
        Assert.Contains("perplexity", report8.ToString(), StringComparison.Ordinal);

        QualityMeasure Measure(Func<int[], int[], float> after) =>
            new("perplexity", () => Perplexity((ids, next) => model.Loss(ids, next)), () => Perplexity(after));
    }

    [Fact]
    public void What_is_no_input_of_a_weight_of_4_bits_is_refused()
    {
        using TrainedGpt model = new(seed: 3);
        using GptOfInt4 int4 = new(), other = new();
        Calibration calibration = new(int4);
        Assert.Contains("no weights of 4 bits", Assert.Throws<ArgumentException>("weight", () => calibration.Add("wte.weight", new float[64])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("inputs", () => calibration.Add("h.0.attn.c_attn.weight", new float[63]));
        Assert.Throws<ArgumentException>("inputs", () => calibration.Add("h.0.attn.c_attn.weight", []));
        Assert.Throws<ArgumentException>("inputs", () => calibration.Add("h.0.attn.c_attn.weight", [.. Enumerable.Repeat(float.NaN, 64)]));
        Assert.Throws<ArgumentException>(() => calibration.Add("h.9.attn.c_attn.weight", new float[64]));
        Assert.Throws<ArgumentException>("calibration", () => other.Quantize(model, calibration: calibration));
        Assert.All(int4.Quantize(model, calibration: calibration).Tensors, tensor => Assert.Equal((double.NaN, double.NaN), tensor.ErrorOfResults));
    }

    [Fact]
    public void The_report_says_what_each_weight_has_become()
    {
        using TrainedGpt model = new(seed: 3);
        using GptOfInt4 int4 = new();

        QuantizationReport report = int4.Quantize(model);

        Assert.Equal(model.Parameters.Select(p => p.Name), report.Tensors.Select(t => t.Name));
        Assert.Equal(model.ParameterCount, int4.ParameterCount);
        Assert.Equal(WeightFormat.Int8, FormatOf("wte.weight"));
        Assert.Equal(WeightFormat.Float32, FormatOf("wpe.weight"));
        Assert.Equal(WeightFormat.Int4, FormatOf("h.0.attn.c_attn.weight"));
        Assert.Equal(WeightFormat.Float32, FormatOf("h.1.attn.c_proj.weight"));
        Assert.Equal(WeightFormat.Int8, FormatOf("h.1.mlp.c_fc.weight"));
        Assert.Equal(WeightFormat.Float32, FormatOf("ln_f.weight"));
        Assert.Equal(4 * model.ParameterCount, report.BytesBefore);
        Assert.InRange(report.BytesAfter, int4.MemoryReport.ParameterBytes * 0.98, int4.MemoryReport.ParameterBytes);
        QuantizedTensor weight = report.Tensors.Single(t => t.Name == "h.0.attn.c_attn.weight");
        Assert.Equal(weight.BytesBefore * 5 / 32, weight.BytesAfter);
        float[] unpacked = new float[64 * 192];
        int4.Parameters.Single(p => p.Name == weight.Name).Unpack(unpacked);
        var errors = unpacked.Zip(model.Parameters.Single(p => p.Name == weight.Name).Values.ToArray(), (after, before) => Math.Abs((double)after - before)).ToList();
        Assert.Equal(errors.Max(), weight.LargestError, 1e-12);
        Assert.Equal(Math.Sqrt(errors.Average(e => e * e)), weight.RootMeanSquareError, 1e-12);
        Assert.InRange(weight.RootMeanSquareError / weight.RootMeanSquare, 0.02, 0.12);

        WeightFormat FormatOf(string name)
        {
            Assert.Equal(int4.Parameters.Single(p => p.Name == name).Format, report.Tensors.Single(t => t.Name == name).Format);
            return int4.Parameters.Single(p => p.Name == name).Format;
        }
    }

    /// <summary>Of what is looked up, multiplied and decoded: a model of single precision with the unpacked weights gives the same, but for 8 bits of activations.</summary>
    [Fact]
    public void Results_are_those_of_the_unpacked_weights()
    {
        using TrainedGpt model = Trained(steps: 20);
        using GptOfInt8 int8 = new();
        int8.Quantize(model);
        foreach (ModelParameter parameter in int8.Parameters)
            parameter.Unpack(model.Parameters.Single(p => p.Name == parameter.Name).Values);
        float[] expected = new float[Logits], actual = new float[Logits], next = new float[TrainedGpt.Vocabulary];
        int[] ids = Text(5).Ids;

        model.Logits(ids, expected);
        int8.Logits(ids, actual);

        double scale = Math.Sqrt(expected.Average(x => x * x));
        Assert.InRange(expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max() / scale, 1e-5, 0.03);
        using GptOfInt8.Session session = int8.CreateSession();
        session.Next(ids.AsSpan(0, 20), 0, next);
        for (int i = 20; i < TrainedGpt.Context; i++)
            session.Next(ids.AsSpan(i, 1), i, next);
        float[] last = actual[((TrainedGpt.Context - 1) * TrainedGpt.Vocabulary)..(TrainedGpt.Context * TrainedGpt.Vocabulary)];
        Assert.InRange(last.Zip(next, (e, a) => Math.Abs(e - a)).Max() / scale, 0, 0.02);
    }

    [Fact]
    public void Bits_depend_neither_on_threads_nor_on_the_batch()
    {
        using TrainedGpt model = new(seed: 3);
        int[] ids = Text(5).Ids;
        float[]? expected = null;
        foreach (int threads in new[] { 1, 2, 3 })
        {
            using GptOfInt4 int4 = new(options: new() { Threads = threads });
            int4.Quantize(model);
            float[] all = new float[Logits], one = new float[Logits / TrainedGpt.Batch];
            int4.Logits(ids, all);
            expected ??= all;
            Assert.Equal(expected, all);
            int4.Logits(ids.AsSpan(2 * TrainedGpt.Context, TrainedGpt.Context), one);
            Assert.Equal(all[(2 * one.Length)..(3 * one.Length)], one);
        }
    }

    [Fact]
    public void Files_hold_packed_weights_and_load_again()
    {
        using TrainedGpt model = new(seed: 3);
        using GptOfInt4 int4 = new(), again = new(), ofFloats = new();
        int4.Quantize(model);
        string packed = Path.Combine(folder, "int4.safetensors"), floats = Path.Combine(folder, "floats.safetensors");
        int4.Save(packed);
        model.Save(floats);

        Assert.True(again.Load(packed).IsComplete);
        Assert.True(ofFloats.Load(floats).IsComplete);

        Assert.InRange(new FileInfo(packed).Length, 0, int4.MemoryReport.ParameterBytes + 8192);
        Assert.Equal(Values(int4), Values(again));
        Assert.Equal(Values(int4), Values(ofFloats));
        using GptOfInt8 int8 = new();
        int8.Quantize(model);
        float[] before = Values(int8);
        Assert.Contains("bytes of Int8", Assert.Throws<SafetensorsException>(() => int8.Load(packed)).Message, StringComparison.Ordinal);
        Assert.Throws<SafetensorsException>(() => model.Load(packed));
        Assert.Equal(before, Values(int8));
    }

    static float[] Values(GraphModel model) => [.. model.Parameters.SelectMany(parameter =>
    {
        float[] values = new float[parameter.Count];
        parameter.Unpack(values);
        return values;
    })];

    [Fact]
    public void What_cannot_be_quantised_changes_nothing()
    {
        using TrainedGpt model = new(seed: 3);
        using GptOfInt8 int8 = new();
        Assert.All(Values(int8)[..100], value => Assert.Equal(0, value));
        int8.Quantize(model);
        float[] before = Values(int8);

        model.Parameters.Single(p => p.Name == "h.1.mlp.c_proj.weight").Values[7] = float.NaN;
        Assert.Contains("h.1.mlp.c_proj.weight", Assert.Throws<ArgumentException>(() => int8.Quantize(model)).Message, StringComparison.Ordinal);
        Assert.Contains("no 'wte.weight'", Assert.Throws<ArgumentException>(() => int8.Quantize(new SmallClassifier(1))).Message, StringComparison.Ordinal);
        Assert.Contains("packed", Assert.Throws<ArgumentException>(() => new GptOfInt4().Quantize(int8)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => int8.Quantize(int8));
        Assert.Equal(before, Values(int8));

        ModelParameter weight = int8.Parameters.Single(p => p.Name == "wte.weight");
        Assert.Contains("Int8", Assert.Throws<InvalidOperationException>(() => weight.Values.Length).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => weight.Unpack(new float[3]));
    }
}
