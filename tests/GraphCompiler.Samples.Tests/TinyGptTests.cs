using System.Text;
using System.Xml.Linq;
using GraphCompiler.Generation;
using GraphCompiler.Tests;
using TinyGpt;

namespace GraphCompiler.Samples.Tests;

public sealed class TinyGptTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_training_that_was_interrupted_goes_on_with_the_same_bits()
    {
        string data = Data();
        Assert.True(Train("whole", interruptAfter: null));
        Assert.False(Train("parts", interruptAfter: "step     3/6"));
        Assert.True(Train("parts", interruptAfter: null, "--resume"));
        foreach (string file in new[] { "checkpoint.safetensors", "loss.csv", "loss.svg" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder.File("whole"), file)), File.ReadAllBytes(Path.Combine(folder.File("parts"), file)));
        Assert.Equal(1 + 6, File.ReadAllLines(Path.Combine(folder.File("parts"), "loss.csv")).Length);

        bool Train(string name, string? interruptAfter, params string[] more)
        {
            Settings settings = Settings.Read(["--data", data, "--steps", "6", "--out", folder.File(name), .. more]);
            using Gpt model = new(settings.Seed);
            using CancellationTokenSource interrupted = new();
            using WatchingWriter output = new(interruptAfter, interrupted);
            using Training training = new(model, Corpus.Load(data), settings, output);
            return training.Run(interrupted.Token);
        }
    }

    [Fact]
    public void Text_token_by_token_is_that_of_the_whole_context_and_allocates_nothing()
    {
        using Gpt model = new(seed: 3);
        using Gpt.Session session = model.CreateSession(), whole = model.CreateSession();
        TokenGenerator remembering = TokenGenerator.WithCache(session.Next, Gpt.Vocabulary, Gpt.Context, reset: session.Reset);
        TokenGenerator rereading = TokenGenerator.WithoutCache(
            (tokens, logits) => whole.Next(tokens, 0, logits), Gpt.Vocabulary, Gpt.Context);
        foreach (ContextOverflow overflow in Enum.GetValues<ContextOverflow>())
        {
            // Long enough for the context to overflow twice.
            GenerationOptions options = new() { MaximumTokens = 150, Overflow = overflow, Sampling = new() { TopK = 20 } };
            Assert.Equal(All(rereading, options), All(remembering, options));
        }

        using GenerationRun run = remembering.Start([1], new() { MaximumTokens = 1000 });
        run.MoveNext();
        long fewest = long.MaxValue;
        for (int attempt = 0; attempt < 8; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
                Assert.True(run.MoveNext());
            fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, fewest);

        static List<int> All(TokenGenerator generator, GenerationOptions options)
        {
            using GenerationRun run = generator.Start([5, 7, 9], options);
            List<int> tokens = [];
            while (run.MoveNext())
                tokens.Add(run.Current);
            return tokens;
        }
    }

    [Fact]
    public void A_checkpoint_of_another_text_is_refused()
    {
        string data = Data();
        Settings settings = Settings.Read(["--data", data, "--steps", "1", "--out", folder.File("out"), "--resume"]);
        using Gpt model = new(settings.Seed);
        Corpus corpus = Corpus.Load(data);
        using Training training = new(model, corpus, settings, TextWriter.Null);
        Assert.Throws<FileNotFoundException>(() => training.Run(default));
        Directory.CreateDirectory(folder.File("out"));
        File.WriteAllText(Path.Combine(folder.File("out"), "checkpoint.safetensors"), "");
        File.WriteAllText(Path.Combine(folder.File("out"), "characters.txt"), corpus.Tokenizer.Alphabet + "!");
        Assert.Contains("other characters", Assert.Throws<InvalidDataException>(() => training.Run(default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Adapters_learn_another_text_and_are_merged()
    {
        string fables = Path.Combine(AppContext.BaseDirectory, "data", "fables.txt");
        Settings settings = Settings.Read(["--steps", "3", "--rate", "0.01", "--out", folder.File("out")]);
        Assert.Throws<FileNotFoundException>(() => new FineTuning(fables, settings, TextWriter.Null));
        Corpus plays = Corpus.Load(settings.DataPath);
        using (Gpt trained = new(settings.Seed))
        using (Training training = new(trained, plays, settings, TextWriter.Null))
            training.Run(default);

        using FineTuning tuning = new(fables, settings, TextWriter.Null);
        Assert.Equal(plays.Tokenizer.Alphabet, tuning.Corpus.Tokenizer.Alphabet);
        Assert.Equal(File.ReadAllText(fables).Length, tuning.Corpus.CharacterCount);
        double before = tuning.ValidationLoss();
        using Gpt merged = tuning.Run(default);
        Assert.True(tuning.ValidationLoss() < before - 0.01, $"{before} {tuning.ValidationLoss()}");
        Assert.Equal(tuning.ValidationLoss(), tuning.Corpus.ValidationLoss((text, next) => merged.Loss(text, next)), 1e-4);

        // The weights of the training with the adapters' file beside them compute the same.
        using AdaptedGpt adapted = new(settings.Seed);
        adapted.Load(Path.Combine(folder.File("out"), "checkpoint.safetensors"), new() { Prefix = "parameters.", IgnoreOthers = true });
        Assert.Equal(before, tuning.Corpus.ValidationLoss((text, next) => adapted.Loss(text, next)), 1e-6);
        adapted.LoadLora(Path.Combine(folder.File("out"), "adapter_model.safetensors"));
        Assert.Equal(tuning.ValidationLoss(), tuning.Corpus.ValidationLoss((text, next) => adapted.Loss(text, next)), 1e-4);
    }

    [Fact]
    public void A_text_of_many_characters_keeps_the_frequent_ones()
    {
        string text = string.Concat(Enumerable.Range(0, 200).Select(i => new string((char)(0x4E00 + i), 250 - i)));
        File.WriteAllText(folder.File("many.txt"), text);
        Corpus corpus = Corpus.Load(folder.File("many.txt"));
        Assert.Equal(Gpt.Vocabulary, corpus.Tokenizer.VocabularySize);
        Assert.Contains((char)(0x4E00 + 126), corpus.Tokenizer.Alphabet);
        Assert.DoesNotContain((char)(0x4E00 + 127), corpus.Tokenizer.Alphabet);
        Assert.Equal("\u4E00", corpus.Known("a\u4E00b"));
        File.WriteAllText(folder.File("short.txt"), "To be, or not to be");
        Assert.Contains("at least", Assert.Throws<InvalidDataException>(() => Corpus.Load(folder.File("short.txt"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--steps", "0")]
    [InlineData("--steps", "many")]
    [InlineData("--rate", "-1")]
    [InlineData("--data")]
    [InlineData("--what")]
    public void Wrong_arguments_are_refused(params string[] arguments) =>
        Assert.Throws<ArgumentException>(() => Settings.Read(arguments));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(5000)]
    public void The_plot_is_a_picture_of_both_losses_within_its_frame(int steps)
    {
        LossHistory history = new();
        for (int step = 1; step <= steps; step++)
            history.Training.Add((step, step == 3 ? double.NaN : 4.2 / Math.Sqrt(step)));
        history.Validation.AddRange(history.Training.Where(loss => loss.Step % 5 == 0));
        XElement svg = XElement.Parse(LossPlot.Draw(history));
        XNamespace space = "http://www.w3.org/2000/svg";
        XElement[] lines = [.. svg.Elements(space + "polyline")];
        Assert.Equal(2, lines.Length);
        foreach (XElement line in lines)
        {
            foreach (string point in line.Attribute("points")!.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                double[] place = [.. point.Split(',').Select(double.Parse)];
                Assert.InRange(place[0], 60, 700);
                Assert.InRange(place[1], 40, 370);
            }
        }

        Assert.Equal(history.Validation.Count(loss => double.IsFinite(loss.Loss)), svg.Elements(space + "circle").Count());
        Assert.True(svg.Elements(space + "text").Count() >= 10);
    }

    string Data()
    {
        Random random = new(1);
        string path = folder.File("text.txt");
        File.WriteAllText(path, string.Concat(Enumerable.Range(0, 20_000).Select(_ => "abc .\n"[random.Next(6)])));
        return path;
    }

    /// <summary>Cancels when a line begins with some text.</summary>
    sealed class WatchingWriter(string? text, CancellationTokenSource interrupted) : StringWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            if (text != null && value?.StartsWith(text, StringComparison.Ordinal) == true)
                interrupted.Cancel();
        }
    }
}
