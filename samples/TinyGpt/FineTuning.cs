using GraphCompiler;
using GraphCompiler.Data;

namespace TinyGpt;

/// <summary>
/// What <c>--lora</c> asks for: the weights of a training stay as they are, and adapters of rank 8 learn another text. They are saved alone, then
/// merged into the weights, which are those of a <see cref="Gpt"/> again.
/// </summary>
sealed class FineTuning : IDisposable
{
    readonly AdaptedGpt model;
    readonly AdaptedGpt.Trainer trainer;
    readonly Settings settings;
    readonly OutputFolder folder;
    readonly TextWriter output;

    /// <summary>Reads the weights and the characters that <see cref="Training"/> left.</summary>
    /// <exception cref="FileNotFoundException">There is no checkpoint.</exception>
    public FineTuning(string textPath, Settings settings, TextWriter output)
    {
        this.settings = settings;
        this.output = output;
        folder = new OutputFolder(settings.OutputDirectory);
        if (!File.Exists(folder.Checkpoint))
            throw new FileNotFoundException($"There is no training to start from, run one without --lora: {folder.Checkpoint}");
        Corpus = Corpus.Load(textPath, File.ReadAllText(folder.Alphabet));
        model = new AdaptedGpt(settings.Seed, new() { Threads = settings.Threads });
        model.Load(folder.Checkpoint, new LoadOptions { Prefix = "parameters.", IgnoreOthers = true });
        trainer = model.CreateTrainer(new AdamW { LearningRate = settings.LearningRate }, new TrainerOptions { ClipNorm = 1 });
    }

    public Corpus Corpus { get; }

    /// <summary>The mean loss over what of the text is not trained on.</summary>
    public double ValidationLoss() => Corpus.ValidationLoss((text, next) => model.Loss(text, next));

    /// <summary>Trains the adapters and saves them, and gives the model with what they have learned in its weights.</summary>
    public Gpt Run(CancellationToken cancellation)
    {
        long adapted = model.Parameters.Where(parameter => !parameter.IsFrozen).Sum(parameter => (long)parameter.Values.Length);
        output.WriteLine($"{Corpus.CharacterCount:N0} characters; {adapted:N0} of {model.ParameterCount:N0} parameters learn");
        output.WriteLine($"step {0,5}  val loss: {ValidationLoss():F3}");
        RandomWindows windows = Corpus.Training.RandomWindows(Gpt.Batch, Gpt.Context, trainer.Seed);
        int interval = Math.Clamp(settings.Steps / 8, 1, 250);
        while (trainer.StepCount < settings.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            TokenBatch batch = windows.Batch(trainer.StepCount);
            trainer.Step(batch.Inputs, batch.Targets);
            if (trainer.StepCount % interval == 0 || trainer.StepCount == settings.Steps)
                output.WriteLine($"step {trainer.StepCount,5}  val loss: {ValidationLoss():F3}");
        }

        model.SaveLora(folder.Adapters);
        model.MergeLora();
        model.Save(folder.Merged);
        output.WriteLine($"adapters and merged weights are in {settings.OutputDirectory}");
        Gpt merged = new(settings.Seed, new() { Threads = settings.Threads });
        merged.Load(folder.Merged);
        return merged;
    }

    public void Dispose()
    {
        trainer.Dispose();
        model.Dispose();
    }
}
