using System.Diagnostics;
using GraphCompiler;
using GraphCompiler.Data;

namespace TinyGpt;

/// <summary>
/// AdamW as nanoGPT sets it for small models: the rate is warmed up over a twentieth of the steps and falls to a tenth
/// along a cosine, matrices decay, gradients are clipped to a norm of 1. Only the rate is higher, by a factor of three,
/// which suits so few steps.
/// </summary>
sealed class Training : IDisposable
{
    const int QuickValidationBatches = 20, LossesAveraged = 20;

    readonly Gpt model;
    readonly Gpt.Trainer trainer;
    readonly Corpus corpus;
    readonly Settings settings;
    readonly OutputFolder folder;
    readonly TextWriter output;
    LossHistory history = new();

    public Training(Gpt model, Corpus corpus, Settings settings, TextWriter output)
    {
        this.output = output;
        this.model = model;
        this.corpus = corpus;
        this.settings = settings;
        folder = new OutputFolder(settings.OutputDirectory);
        int warmUp = Math.Max(1, settings.Steps / 20);
        trainer = model.CreateTrainer(
            Optimizer(settings),
            new TrainerOptions
            {
                ClipNorm = 1,
                Schedule = LearningRateSchedule.WarmUp(warmUp)
                    .Then(LearningRateSchedule.Cosine(settings.Steps - warmUp, floor: 0.1)),
            });
    }

    public static AdamW Optimizer(Settings settings)
        => new() { LearningRate = settings.LearningRate, Beta2 = 0.99, WeightDecay = 0.1, DecayRule = ParameterRules.Matrices };

    /// <summary>Tokens trained on per second; without the time that validation takes.</summary>
    public double TokensPerSecond { get; private set; }

    /// <summary>Trains until all steps are done or the token is cancelled; true if all are done.</summary>
    public bool Run(CancellationToken cancellation)
    {
        if (settings.Resumes)
            Resume();

        // The windows of a step depend on seed and step alone, so a training that goes on sees what it would have seen.
        RandomWindows windows = corpus.Training.RandomWindows(Gpt.Batch, Gpt.Context, trainer.Seed);
        int interval = Math.Clamp(settings.Steps / 8, 1, 250), first = (int)trainer.StepCount;
        ProgressBar progress = new(output, Console.IsOutputRedirected || output != Console.Out, settings.Steps);
        Stopwatch time = new();
        double recentLoss = double.NaN;
        while (trainer.StepCount < settings.Steps && !cancellation.IsCancellationRequested)
        {
            time.Start();
            TokenBatch batch = windows.Batch(trainer.StepCount);
            double loss = trainer.Step(batch.Inputs, batch.Targets);
            time.Stop();

            int done = (int)trainer.StepCount;
            history.Training.Add((done, loss));
            recentLoss = history.Training.TakeLast(LossesAveraged).Average(entry => entry.Loss);
            TokensPerSecond = (double)(done - first) * Gpt.Batch * Gpt.Context / time.Elapsed.TotalSeconds;
            TimeSpan left = time.Elapsed * ((double)(settings.Steps - done) / (done - first));
            if (done % interval == 0 || done == settings.Steps)
            {
                history.Validation.Add((done, ValidationLoss(done == settings.Steps ? long.MaxValue : QuickValidationBatches)));
                progress.Validated(done, recentLoss, history.Validation[^1].Loss, TokensPerSecond, left);
            }
            else
            {
                progress.Advance(done, recentLoss, TokensPerSecond, left);
            }
        }

        progress.Finish();
        Save();
        return trainer.StepCount >= settings.Steps;
    }

    /// <summary>The mean loss over the validation text, in windows that follow one another.</summary>
    public double ValidationLoss(long mostBatches = long.MaxValue)
        => corpus.ValidationLoss((text, next) => model.Loss(text, next), mostBatches);

    public void Dispose() => trainer.Dispose();

    void Resume()
    {
        folder.RequireAlphabet(corpus.Tokenizer.Alphabet);
        // Another number of steps is another schedule; a training may go on with it, and says so.
        foreach (string change in trainer.LoadCheckpoint(folder.Checkpoint, new CheckpointOptions { AllowOtherSettings = true }))
            output.WriteLine(change);
        history = LossHistory.Load(folder.Losses, trainer.StepCount);
        output.WriteLine($"going on after step {trainer.StepCount:N0}");
    }

    void Save()
    {
        Directory.CreateDirectory(settings.OutputDirectory);
        trainer.SaveCheckpoint(folder.Checkpoint);
        File.WriteAllText(folder.Alphabet, corpus.Tokenizer.Alphabet);
        history.Save(folder.Losses);
        File.WriteAllText(folder.Plot, LossPlot.Draw(history));
        output.WriteLine($"checkpoint, losses and plot are in {settings.OutputDirectory}");
    }
}
