using System.Globalization;

namespace Digits;

/// <summary>What the command line asks for.</summary>
sealed record Settings
{
    public static string Help { get; } = $"""
        Trains a small network on handwritten digits.

          --data DIR     a folder with the full MNIST: train-images-idx3-ubyte(.gz),
                         train-labels-idx1-ubyte(.gz), and the same for t10k
                         (default: the 12,000 digits that come with the sample)
          --epochs N     passes over the training digits (default: 60, or 20 for the full MNIST)
          --steps N      steps of training, of 32 digits each, in place of a number of epochs
          --seed N       chooses the initial weights, the order and the shifts (default: 1)
          --threads N    threads to compute with; 0 is one per core (default: 0)
          --device NAME  {string.Join(", ", Target.Names)} (default: cpu)
          --save FILE    where the weights go (default: a file in the temporary folder)
          --memory       say what training and use take, in each precision, and end
        """;

    public string DataDirectory { get; private init; } = Path.Combine(AppContext.BaseDirectory, "data");

    /// <summary>Null: as many as suit the number of digits.</summary>
    public int? Epochs { get; private init; }

    /// <summary>Null: as many as the epochs have.</summary>
    public int? Steps { get; private init; }

    public ulong Seed { get; private init; } = 1;

    public int Threads { get; private init; }

    public string Device { get; private init; } = "cpu";

    public string WeightsPath { get; private init; } =
        Path.Combine(Path.GetTempPath(), $"digits-{Environment.UserName}.safetensors");

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
            if (name is "--help" or "-h")
            {
                settings = settings with { WantsHelp = true };
                continue;
            }

            if (name == "--memory")
            {
                settings = settings with { WantsMemory = true };
                continue;
            }

            string? value = i + 1 < arguments.Length ? arguments[++i] : null;
            settings = name switch
            {
                "--data" => settings with { DataDirectory = value ?? throw Missing(name) },
                "--epochs" => settings with { Epochs = Number(name, value, least: 1) },
                "--steps" => settings with { Steps = Number(name, value, least: 1) },
                "--seed" => settings with { Seed = (ulong)Number(name, value, least: 0) },
                "--threads" => settings with { Threads = Number(name, value, least: 0) },
                "--device" => settings with { Device = DeviceOf(name, value) },
                "--save" => settings with { WeightsPath = value ?? throw Missing(name) },
                _ => throw new ArgumentException($"Unknown argument {name}; --help lists the known ones."),
            };
        }

        if (settings.Epochs is not null && settings.Steps is not null)
            throw new ArgumentException("--epochs and --steps both say how long to train; give one of them.");
        return settings;
    }

    static string DeviceOf(string name, string? value) => Target.Names.Contains(value ?? throw Missing(name))
        ? value
        : throw new ArgumentException($"{name} takes {string.Join(", ", Target.Names)}, not '{value}'.");

    static int Number(string name, string? value, int least)
    {
        if (value == null)
            throw Missing(name);
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < least)
            throw new ArgumentException($"{name} takes a whole number from {least} on, not '{value}'.");
        return number;
    }

    static ArgumentException Missing(string name) => new($"{name} needs a value.");
}
