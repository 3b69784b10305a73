using GraphCompiler.Ptx.Decoding;
using GraphCompiler.Ptx.Parsing;

namespace GraphCompiler.Ptx;

/// <summary>The kernels of one text of PTX.</summary>
public sealed class PtxProgram
{
    readonly List<PtxKernel> kernels = [];

    PtxProgram()
    {
    }

    /// <summary>The kernels in the order of the text.</summary>
    public IReadOnlyList<PtxKernel> Kernels => kernels;

    /// <summary>The kernel of a name.</summary>
    public PtxKernel this[string name] => kernels.Find(k => k.Name == name) ?? throw new PtxFault($"There is no kernel '{name}'.");

    /// <summary>Reads a text.</summary>
    /// <exception cref="PtxFault">It is no PTX, or has something in it that cannot be run.</exception>
    public static PtxProgram Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var program = new PtxProgram();
        var reader = new PtxReader(text);
        var variables = new Dictionary<string, Variable>();
        while (reader.Peek() != '\0')
        {
            int line = reader.Line;
            string word = reader.Word();
            switch (word)
            {
                case ".version" or ".target" or ".address_size" or ".file":
                    reader.Rest();
                    break;
                case ".visible" or ".weak":
                    break;
                case ".entry":
                    program.kernels.Add(KernelDecoder.Decode(new KernelParser(reader, variables).Parse()));
                    break;
                case ".extern" or ".shared":
                    string rest = (word + " " + reader.Statement()).Replace(".extern", "", StringComparison.Ordinal).Trim();
                    if (!rest.StartsWith(".shared", StringComparison.Ordinal))
                        throw PtxFault.InText(line, rest, "the only variables outside kernels are those in shared memory.");
                    var variable = KernelParser.ParseVariable(StateSpace.Shared, rest[7..], line);
                    variables.Add(variable.Name, variable);
                    break;
                default:
                    throw PtxFault.InText(line, word + " " + reader.Rest(), "unknown at the top of a text.");
            }
        }
        return program;
    }
}
