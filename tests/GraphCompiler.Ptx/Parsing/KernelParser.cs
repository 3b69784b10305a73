using System.Globalization;

namespace GraphCompiler.Ptx.Parsing;

// A body is statements that end in ';', labels, and scopes in braces, in which names are declared for that scope alone. A brace
// within a statement belongs to a vector.

/// <summary>Reads one kernel.</summary>
sealed class KernelParser(PtxReader reader, IReadOnlyDictionary<string, Variable> globals)
{
    /// <summary>What makes a table of the label before it.</summary>
    const string BranchTargets = ".branchtargets ";

    readonly List<Dictionary<string, object>> scopes = [];
    readonly List<Variable> parameters = [];
    readonly List<Variable> variables = [];
    readonly List<Register> registers = [];
    readonly List<Statement> statements = [];
    readonly Dictionary<string, int> labels = [];
    readonly Dictionary<string, string[]> branchTables = [];
    string lastLabel = "";

    public KernelSyntax Parse()
    {
        string name = reader.Word();
        scopes.Add([]);
        foreach (var global in globals.Values)
            Declare(global.Name, global, reader.Line);
        variables.AddRange(globals.Values);
        ParseParameters();
        while (reader.Peek() == '.')
            SkipDirective();
        reader.Take('{');
        ParseBody();
        return new KernelSyntax(name, parameters, variables, registers, statements, labels, branchTables);
    }

    /// <summary>Bounds of a launch, such as <c>.maxntid 128, 1, 1</c>, ask for nothing.</summary>
    void SkipDirective()
    {
        int line = reader.Line;
        string word = reader.Word(), rest = reader.Rest();
        if (word is not (".maxntid" or ".minnctapersm" or ".maxnreg" or ".reqntid" or ".maxnctapersm"))
            throw PtxFault.InText(line, word + " " + rest, "unknown directive of a kernel.");
    }

    void ParseParameters()
    {
        if (!reader.TryTake('('))
            return;
        while (!reader.TryTake(')'))
        {
            int line = reader.Line;
            if (reader.Word() != ".param")
                throw PtxFault.InText(line, reader.Rest(), "expected '.param'.");
            var variable = ParseVariable(StateSpace.Parameter, VariableText(), line);
            parameters.Add(variable);
            Declare(variable.Name, variable, line);
            reader.TryTake(',');
        }
    }

    string VariableText()
    {
        var words = new List<string>();
        while (reader.Peek() is not (',' or ')'))
        {
            if (reader.TryTake('['))
            {
                words[^1] += "[" + (reader.Peek() == ']' ? "" : reader.Word()) + "]";
                reader.Take(']');
            }
            else
            {
                words.Add(reader.Word());
            }
        }
        return string.Join(' ', words);
    }

    void ParseBody()
    {
        for (int depth = 1; depth > 0;)
        {
            if (reader.TryTake('{'))
            {
                depth++;
                scopes.Add([]);
            }
            else if (reader.TryTake('}'))
            {
                depth--;
                scopes.RemoveAt(scopes.Count - 1);
            }
            else
            {
                ParseItem();
            }
        }
    }

    void ParseItem()
    {
        int line = reader.Line;
        if (reader.Peek() == '\0')
            throw PtxFault.InText(line, "", "the kernel has no end.");
        line = reader.Line;
        if (reader.Label() is { } label)
        {
            if (!labels.TryAdd(label, statements.Count))
                throw PtxFault.InText(line, label + ":", "the label is there twice.");
            lastLabel = label;
            return;
        }
        string text = reader.Statement();
        if (text.StartsWith(BranchTargets, StringComparison.Ordinal))
            AddBranchTable(text, line);
        else if (text.StartsWith('.'))
            ParseDeclaration(text, line);
        else if (text.Length > 0)
            statements.Add(ParseStatement(text, line));
    }

    void AddBranchTable(string text, int line)
    {
        if (!branchTables.TryAdd(lastLabel, text[BranchTargets.Length..].Split(',', StringSplitOptions.TrimEntries)))
            throw PtxFault.InText(line, text, "the table has no label of its own.");
    }

    void ParseDeclaration(string text, int line)
    {
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        string directive = space < 0 ? text : text[..space];
        switch (directive)
        {
            case ".reg":
                ParseRegisters(text[(space + 1)..], line, text);
                break;
            case ".shared" or ".local":
                var variable = ParseVariable(directive == ".shared" ? StateSpace.Shared : StateSpace.Local, text[(space + 1)..], line);
                variables.Add(variable);
                Declare(variable.Name, variable, line);
                break;
            case ".pragma":
                break;
            default:
                throw PtxFault.InText(line, text, "unknown directive.");
        }
    }

    /// <summary><c>.align 4 .b8 name[1024]</c>; without a size in brackets it is one element.</summary>
    public static Variable ParseVariable(StateSpace space, string text, int line)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int at = 0, alignment = 0, element = 0;
        for (; at < words.Length && words[at][0] == '.'; at++)
        {
            if (words[at] == ".align" && at + 1 < words.Length)
                alignment = int.Parse(words[++at], CultureInfo.InvariantCulture);
            else if (words[at] is not (".ptr" or ".global" or ".shared"))
                element = BytesOf(words[at][1..]) is var bytes and > 0 ? bytes : throw PtxFault.InText(line, text, "unknown type.");
        }
        if (at != words.Length - 1 || element == 0)
            throw PtxFault.InText(line, text, "this is no declaration of a variable.");
        string name = words[at];
        int open = name.IndexOf('[', StringComparison.Ordinal);
        if (open < 0)
            return new Variable(name, space, Math.Max(alignment, element), element, false);
        string size = name[(open + 1)..^1];
        return new Variable(name[..open], space, Math.Max(alignment, element), size.Length == 0 ? 0 : element * int.Parse(size, CultureInfo.InvariantCulture), size.Length == 0);
    }

    static int BytesOf(string type) => type switch
    {
        "b8" or "s8" or "u8" => 1,
        "b16" or "s16" or "u16" or "f16" => 2,
        "b32" or "s32" or "u32" or "f32" => 4,
        "b64" or "s64" or "u64" or "f64" => 8,
        _ => 0,
    };

    /// <summary><c>.b32 %r&lt;10&gt;, other</c>: the names %r0 to %r9, and other.</summary>
    void ParseRegisters(string text, int line, string statement)
    {
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        var kind = (space < 0 ? text : text[..space]) switch
        {
            ".pred" => RegisterKind.Predicate,
            ".b16" or ".s16" or ".u16" or ".f16" => RegisterKind.Bits16,
            ".b32" or ".s32" or ".u32" or ".f32" or ".f16x2" => RegisterKind.Bits32,
            ".b64" or ".s64" or ".u64" or ".f64" => RegisterKind.Bits64,
            _ => throw PtxFault.InText(line, statement, "unknown type of registers."),
        };
        foreach (string name in text[(space + 1)..].Split(',', StringSplitOptions.TrimEntries))
        {
            int open = name.IndexOf('<', StringComparison.Ordinal);
            if (open < 0)
            {
                DeclareRegister(name, kind, line);
                continue;
            }
            int count = int.Parse(name[(open + 1)..^1], CultureInfo.InvariantCulture);
            for (int i = 0; i < count; i++)
                DeclareRegister(name[..open] + i.ToString(CultureInfo.InvariantCulture), kind, line);
        }
    }

    void DeclareRegister(string name, RegisterKind kind, int line)
    {
        var register = new Register(name, kind);
        Declare(name, register, line);
        registers.Add(register);
    }

    void Declare(string name, object declared, int line)
    {
        if (!scopes[^1].TryAdd(name, declared))
            throw PtxFault.InText(line, name, "the name is declared twice.");
    }

    object? Find(string name)
    {
        for (int i = scopes.Count - 1; i >= 0; i--)
        {
            if (scopes[i].TryGetValue(name, out object? found))
                return found;
        }
        return null;
    }

    Statement ParseStatement(string text, int line)
    {
        string rest = text;
        Register? guard = null;
        bool isNegated = false;
        if (rest[0] == '@')
        {
            isNegated = rest[1] == '!';
            int end = rest.IndexOf(' ', StringComparison.Ordinal);
            string name = rest[(isNegated ? 2 : 1)..Math.Max(end, 2)];
            guard = Find(name) as Register ?? throw PtxFault.InText(line, text, $"'{name}' is no register.");
            if (guard.Kind != RegisterKind.Predicate)
                throw PtxFault.InText(line, text, $"'{name}' is no predicate.");
            rest = rest[(end + 1)..];
        }
        int space = rest.IndexOf(' ', StringComparison.Ordinal);
        string opcode = space < 0 ? rest : rest[..space];
        if (opcode.StartsWith("call", StringComparison.Ordinal))
            throw PtxFault.InText(line, text, "functions are not known: all of a kernel is to be in one.");
        var operands = new OperandParser(space < 0 ? "" : rest[(space + 1)..], Find, what => PtxFault.InText(line, text, what)).Parse();
        return new Statement(line, text, guard, isNegated, opcode, operands);
    }
}
