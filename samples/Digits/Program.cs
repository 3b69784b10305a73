using System.Globalization;
using System.Text;
using Digits;
using GraphCompiler.Data;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
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
        using DigitClassifier planned = new(settings.Seed);
        Console.Write(planned.MemoryReport.ToTable(Training.Optimizer()));
        return 0;
    }

    Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
    Run(settings);
    return 0;
}
catch (Exception fault) when (fault is ArgumentException or IOException or InvalidDataException or IdxFormatException)
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}

static void Run(Settings settings)
{
    ImageSet digits = ImageSet.LoadMnist(settings.DataDirectory, "train");
    ImageSet test = ImageSet.LoadMnist(settings.DataDirectory, "t10k");
    RequireDigits(digits);
    RequireDigits(test);

    // The test digits are looked at once, at the end; progress is measured on digits kept out of training.
    (ImageSet training, ImageSet validation) = digits.Split(validationFraction: 0.05, settings.Seed);
    Console.WriteLine(
        $"{training.Count:N0} digits to train on, {validation.Count:N0} to watch progress, {test.Count:N0} to test");

    using Target target = Target.Open(settings.Device);
    using DigitClassifier model = target.Create(settings.Seed, new() { Threads = settings.Threads });
    if (target.DeviceName is { } device)
        Console.WriteLine($"on {device}");
    Training.Run(model, training, validation, settings);

    Evaluation result = Evaluation.Of(model, test);
    Console.WriteLine();
    result.PrintConfusion(Console.Out);
    Console.WriteLine();
    result.PrintClasses(Console.Out);

    model.Save(settings.WeightsPath);
    using DigitClassifier restored = target.Create(seed: 0, new() { Threads = settings.Threads });
    restored.Load(settings.WeightsPath);
    if (!result.HasSameLogits(Evaluation.Of(restored, test)))
        throw new InvalidDataException("The weights read back do not give the logits of the weights written.");
    Console.WriteLine();
    Console.WriteLine($"weights saved to {settings.WeightsPath} and read back: the same logits, bit for bit");
    Console.WriteLine();
    DigitDrawing.PrintSome(Console.Out, Evaluation.Of(restored, test), test, settings.Seed);

    Console.WriteLine();
    Console.WriteLine($"test accuracy: {result.Accuracy:F4}  parameters: {model.ParameterCount:N0}");
}

static void RequireDigits(ImageSet set)
{
    if (set.Shape.Size != DigitClassifier.Pixels || set.ClassCount > DigitClassifier.Classes || set.Count == 0)
        throw new InvalidDataException(
            $"The files hold {set.Count} images of shape {set.Shape} in {set.ClassCount} classes; "
            + "digits are 28 by 28 pixels in 10 classes.");
}
