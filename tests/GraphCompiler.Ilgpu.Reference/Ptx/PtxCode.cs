using System.Collections.Concurrent;
using System.Globalization;

namespace GraphCompiler.Ilgpu.Reference.Ptx;

// One text of inline PTX: statements that end in ';', within braces where names are declared for that text alone. Names of
// registers become numbers that all texts share, so that a register declared by one is used by others.

/// <summary>What an operand of an instruction is.</summary>
internal enum PtxOperandKind
{
    Register,
    Argument,
    Number,
    SharedBlock,
}

/// <summary>An operand, or one place of a vector; as an address it stands for the place so many bytes behind it.</summary>
internal readonly record struct PtxOperand(PtxOperandKind Kind, long Value, int Displacement = 0);

/// <summary>An instruction; vectors' places follow one another among the operands.</summary>
internal sealed record PtxInstruction(string Name, PtxOperand[] Operands, string Text);

/// <summary>A text of inline PTX.</summary>
internal sealed class PtxCode
{
    const string SharedBlocks = "__shared_alloca";

    static readonly ConcurrentDictionary<string, PtxCode> Known = new();
    static readonly ConcurrentDictionary<string, int> Registers = new();

    readonly List<PtxInstruction> instructions = [];
    readonly List<int> declared = [];
    readonly HashSet<string> local = [];
    readonly string text;
    int depth;

    PtxCode(string text)
    {
        this.text = text;
        int at = 0;
        while (true)
        {
            while (at < text.Length && (char.IsWhiteSpace(text[at]) || text[at] is '{' or '}'))
                depth += text[at++] switch { '{' => 1, '}' => -1, _ => 0 };
            if (at == text.Length)
                break;
            int end = text.IndexOf(';', at);
            if (end < 0)
                throw new KernelFault($"PTX without an end: '{text[at..]}'.");
            Add(text[at..end].Trim());
            at = end + 1;
        }
        IsCollective = instructions.Exists(i => i.Name.Contains(".sync.", StringComparison.Ordinal));
    }

    public IReadOnlyList<PtxInstruction> Instructions => instructions;

    public IReadOnlyList<int> Declared => declared;

    /// <summary>Whether a warp executes some of it together.</summary>
    public bool IsCollective { get; }

    public static int RegisterCount => Registers.Count;

    public static PtxCode Of(string text) => Known.GetOrAdd(text, t => new PtxCode(t));

    void Add(string statement)
    {
        int space = statement.IndexOf(' ', StringComparison.Ordinal);
        string name = space < 0 ? statement : statement[..space];
        string[] operands = space < 0 ? [] : statement[space..].Split(',', StringSplitOptions.TrimEntries);
        if (name == ".reg")
            Declare(operands, statement);
        else
            instructions.Add(new PtxInstruction(name, [.. operands.Select(o => Operand(o, statement))], statement));
    }

    void Declare(string[] names, string statement)
    {
        names[0] = names[0][(names[0].IndexOf(' ', StringComparison.Ordinal) + 1)..];
        foreach (string name in names)
        {
            int open = name.IndexOf('<', StringComparison.Ordinal);
            int count = open < 0 ? 1 : int.Parse(name[(open + 1)..^1], CultureInfo.InvariantCulture);
            for (int i = 0; i < count; i++)
            {
                string register = open < 0 ? name : name[..open] + i.ToString(CultureInfo.InvariantCulture);
                if (depth > 0)
                    local.Add(register);
                declared.Add(NumberOf(register, statement));
            }
        }
    }

    int NumberOf(string register, string statement)
    {
        if (!register.All(c => char.IsLetterOrDigit(c)))
            throw new KernelFault($"'{register}' is no register, in '{statement}'.");
        return Registers.GetOrAdd(local.Contains(register) ? register + " of " + text : register, _ => Registers.Count);
    }

    PtxOperand Operand(string written, string statement)
    {
        string bare = written.Trim('{', '}', '[', ']', ' ');
        int plus = bare.IndexOf('+', StringComparison.Ordinal), displacement = 0;
        if (plus >= 0)
        {
            displacement = int.Parse(bare[(plus + 1)..], CultureInfo.InvariantCulture);
            bare = bare[..plus];
        }
        if (bare.StartsWith('%'))
            return new(PtxOperandKind.Argument, int.Parse(bare[1..], CultureInfo.InvariantCulture), displacement);
        if (bare.StartsWith(SharedBlocks, StringComparison.Ordinal))
            return new(PtxOperandKind.SharedBlock, int.Parse(bare[SharedBlocks.Length..], CultureInfo.InvariantCulture), displacement);
        if (bare.StartsWith("0f", StringComparison.Ordinal))
            return new(PtxOperandKind.Number, Convert.ToUInt32(bare[2..], 16));
        return char.IsDigit(bare[0])
            ? new(PtxOperandKind.Number, long.Parse(bare, CultureInfo.InvariantCulture))
            : new(PtxOperandKind.Register, NumberOf(bare, statement), displacement);
    }
}
