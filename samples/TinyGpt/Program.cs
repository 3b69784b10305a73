using System.Globalization;
using System.Text;
using GraphCompiler;
using TinyGpt;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
using CancellationTokenSource interrupted = new();
Console.CancelKeyPress += (_, press) =>
{
    // The first time training ends after the step and saves; the second time the program is ended as usual.
    press.Cancel = !interrupted.IsCancellationRequested;
    interrupted.Cancel();
};

try
{
    Settings settings = Settings.Read(args);
    if (settings.WantsHelp)
    {
        Console.WriteLine(Settings.Help);
        return 0;
    }

    if (settings.WantsMemory)
    {
        using Gpt planned = new(settings.Seed);
        Console.Write(planned.MemoryReport.ToTable(Training.Optimizer(settings)));
        return 0;
    }

    Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
    await (settings.LoraPath is { } text ? FineTune(text, settings, interrupted.Token) : Run(settings, interrupted.Token));
    return 0;
}
catch (OperationCanceledException)
{
    return 130;
}
catch (Exception fault) when (fault is ArgumentException or IOException or InvalidDataException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}

static async Task Run(Settings settings, CancellationToken interrupted)
{
    Corpus corpus = Corpus.Load(settings.DataPath);
    using Target target = Target.Open(settings.Device);
    using Gpt model = target.Create(settings.Seed, new() { Threads = settings.Threads });
    if (target.DeviceName is { } device)
        Console.WriteLine($"on {device}");
    Console.WriteLine(
        $"{corpus.CharacterCount:N0} characters, {corpus.Tokenizer.VocabularySize} different; "
        + $"{model.ParameterCount:N0} parameters");

    using Training training = new(model, corpus, settings, Console.Out);
    if (!training.Run(interrupted))
    {
        Console.WriteLine("--resume goes on from here");
        return;
    }

    Console.WriteLine();
    if (settings.Weights == WeightFormat.Float32)
    {
        using Gpt.Session session = model.CreateSession();
        await Writing.Run(session.Next, corpus, settings, interrupted);
    }
    else
    {
        (GraphModel quantized, NextLogits next) = Quantized.Of(model, target, settings.Weights, corpus, settings);
        using (quantized)
        {
            Console.WriteLine();
            await Writing.Run(next, corpus, settings, interrupted);
        }
    }

    Console.WriteLine();
    Console.WriteLine($"val loss: {training.ValidationLoss():F3}  tokens/s: {training.TokensPerSecond:F0}");
}

static async Task FineTune(string textPath, Settings settings, CancellationToken interrupted)
{
    using FineTuning tuning = new(textPath, settings, Console.Out);
    using Gpt model = tuning.Run(interrupted);
    using Gpt.Session session = model.CreateSession();
    Console.WriteLine();
    await Writing.Run(session.Next, tuning.Corpus, settings, interrupted);
}
