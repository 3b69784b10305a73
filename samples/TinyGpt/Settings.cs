using System.Globalization;
using GraphCompiler;

namespace TinyGpt;

/// <summary>What the command line asks for.</summary>
sealed record Settings
{
    public static string Help { get; } = $"""
        Trains a small GPT on the characters of a text, and writes some text of its own.

          --data FILE    a text in UTF-8 (default: 100 kB of Shakespeare that come with the sample)
          --steps N      steps of training, of 12 windows of 64 characters (default: 2000)
          --rate X       the highest learning rate (default: 0.003)
          --seed N       chooses the first weights, the windows and the text written (default: 1337)
          --threads N    threads to compute with; 0 is one per core (default: 0)
          --device NAME  {string.Join(", ", Target.Names)} (default: cpu)
          --out DIR      where checkpoint, losses and plot go (default: a folder in the temporary folder)
          --resume       go on from the checkpoint in that folder; Ctrl+C leaves one
          --prompt TEXT  what the text written begins with (default: a new line)
          --length N     characters to write (default: 500)
          --weights NAME {string.Join(", ", WeightNames)}: what writes them has weights of so many bits (default: float32)
          --lora FILE    start from the training in that folder and teach adapters of rank 8 this text; fables.txt comes with the sample
          --memory       say what training and writing take, in each precision, and end
        """;

    public string DataPath { get; private init; } = Path.Combine(AppContext.BaseDirectory, "data", "shakespeare.txt");

    public int Steps { get; private init; } = 2000;

    public double LearningRate { get; private init; } = 3e-3;

    public ulong Seed { get; private init; } = 1337;

    public int Threads { get; private init; }

    public string Device { get; private init; } = "cpu";

    public string OutputDirectory { get; private init; } = Path.Combine(Path.GetTempPath(), $"tinygpt-{Environment.UserName}");

    public bool Resumes { get; private init; }

    public string Prompt { get; private init; } = "\n";

    public int Length { get; private init; } = 500;

    /// <summary>How the weights lie in memory of the model that writes.</summary>
    public WeightFormat Weights { get; private init; }

    /// <summary>The text that adapters learn; null to train the model itself.</summary>
    public string? LoraPath { get; private init; }

    static IEnumerable<string> WeightNames => Enum.GetNames<WeightFormat>().Select(name => name.ToLowerInvariant());

    public bool WantsHelp { get; private init; }

    public bool WantsMemory { get; private init; }

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="ArgumentException">An argument is unknown or lacks a proper value.</exception>
    public static Settings Read(string[] arguments)
    {
        Settings settings = new();
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            string Value() => ++i < arguments.Length ? arguments[i] : throw new ArgumentException($"{name} needs a value.");
            settings = name switch
            {
                "--help" or "-h" => settings with { WantsHelp = true },
                "--memory" => settings with { WantsMemory = true },
                "--data" => settings with { DataPath = Value() },
                "--steps" => settings with { Steps = Number(name, Value(), least: 1) },
                "--rate" => settings with { LearningRate = Rate(name, Value()) },
                "--seed" => settings with { Seed = (ulong)Number(name, Value(), least: 0) },
                "--threads" => settings with { Threads = Number(name, Value(), least: 0) },
                "--device" => settings with { Device = DeviceOf(name, Value()) },
                "--out" => settings with { OutputDirectory = Value() },
                "--resume" => settings with { Resumes = true },
                "--prompt" => settings with { Prompt = Value() },
                "--weights" => settings with { Weights = WeightsOf(name, Value()) },
                "--lora" => settings with { LoraPath = Value() },
                "--length" => settings with { Length = Number(name, Value(), least: 0) },
                _ => throw new ArgumentException($"Unknown argument {name}; --help lists the known ones."),
            };
        }

        return settings;
    }

    static string DeviceOf(string name, string value) => Target.Names.Contains(value)
        ? value
        : throw new ArgumentException($"{name} takes {string.Join(", ", Target.Names)}, not '{value}'.");

    static WeightFormat WeightsOf(string name, string value) => WeightNames.Contains(value)
        ? Enum.Parse<WeightFormat>(value, ignoreCase: true)
        : throw new ArgumentException($"{name} takes {string.Join(", ", WeightNames)}, not '{value}'.");

    static double Rate(string name, string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && rate is > 0 and <= 1
            ? rate
            : throw new ArgumentException($"{name} takes a number above 0 and up to 1, not '{value}'.");

    static int Number(string name, string value, int least) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least
            ? number
            : throw new ArgumentException($"{name} takes a whole number from {least} on, not '{value}'.");
}
