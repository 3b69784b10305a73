namespace GraphCompiler.GpuCheck;

/// <summary>What the check was asked to do.</summary>
internal sealed class Options
{
    public const string Help = """
        gpu-check [OPTIONS]           runs the correctness suite and the benchmarks on this machine's GPU

          --device cuda|opencl|ilgpu-cpu   the device (cuda)
          --only TEXT                      only works and tests whose name contains this
          --rounds N                       turns of each side per work (5)
          --python PROGRAM                 a Python that may have PyTorch (python3)
          --no-suite, --no-benchmarks      leaves a part out
          --no-compile                     leaves torch.compile out
          --small                          tiny works, to try the check out
          --results FOLDER                 where the file named after the card is written (results)
          --append                         adds to that file instead of replacing it
          --self-test                      checks the table's mathematics, without a GPU
          --has-gpu                        only says which GPU there is; exit status 0 if there is one
        """;

    public string Device { get; private set; } = "cuda";

    public string Only { get; private set; } = "";

    public int Rounds { get; private set; } = 5;

    public string Python { get; private set; } = "python3";

    public string Results { get; private set; } = "results";

    public bool RunsSuite { get; private set; } = true;

    public bool RunsBenchmarks { get; private set; } = true;

    public bool Compiles { get; private set; } = true;

    public bool IsSmall { get; private set; }

    public bool Appends { get; private set; }

    public bool IsSelfTest { get; private set; }

    public bool OnlyAsksForGpu { get; private set; }

    /// <summary>Null if the arguments make no sense.</summary>
    public static Options? Parse(string[] arguments)
    {
        var options = new Options();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (!options.Take(arguments[i]) && !(i + 1 < arguments.Length && options.Take(arguments[i], arguments[++i])))
                return null;
        }
        return options;
    }

    bool Take(string name)
    {
        switch (name)
        {
            case "--no-suite": RunsSuite = false; return true;
            case "--no-benchmarks": RunsBenchmarks = false; return true;
            case "--no-compile": Compiles = false; return true;
            case "--append": Appends = true; return true;
            case "--small": IsSmall = true; return true;
            case "--self-test": IsSelfTest = true; return true;
            case "--has-gpu": OnlyAsksForGpu = true; return true;
            default: return false;
        }
    }

    bool Take(string name, string value)
    {
        switch (name)
        {
            case "--device": Device = value; return true;
            case "--only": Only = value; return true;
            case "--python": Python = value; return true;
            case "--results": Results = value; return true;
            case "--rounds": Rounds = int.TryParse(value, out int rounds) && rounds > 0 ? rounds : 0; return Rounds > 0;
            default: return false;
        }
    }
}
