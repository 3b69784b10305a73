using GraphCompiler.Ptx.Parsing;

namespace GraphCompiler.Ptx.Decoding;

/// <summary>Gives variables their places.</summary>
sealed class MemoryLayout
{
    /// <summary>Where shared memory begins in its own addresses: 0 is the address of nothing.</summary>
    public const int SharedBegin = 1024;

    public MemoryLayout(KernelSyntax syntax)
    {
        ParameterBytes = Place(syntax.Parameters, 0);
        SharedBytes = Place(syntax.Variables.Where(v => v.Space == StateSpace.Shared && !v.IsDynamic), SharedBegin) - SharedBegin;
        LocalBytes = Place(syntax.Variables.Where(v => v.Space == StateSpace.Local), 0);
        var dynamic = syntax.Variables.Where(v => v.IsDynamic).ToList();
        int alignment = dynamic.Count == 0 ? 1 : dynamic.Max(v => v.Alignment);
        DynamicOffset = (SharedBegin + SharedBytes + alignment - 1) / alignment * alignment;
        foreach (var variable in dynamic)
            variable.Offset = DynamicOffset;
    }

    public int ParameterBytes { get; }

    public int SharedBytes { get; }

    /// <summary>Where the shared memory begins whose size a launch says.</summary>
    public int DynamicOffset { get; }

    public int LocalBytes { get; }

    static int Place(IEnumerable<Variable> variables, int at)
    {
        foreach (var variable in variables)
        {
            at = (at + variable.Alignment - 1) / variable.Alignment * variable.Alignment;
            variable.Offset = at;
            at += variable.Bytes;
        }
        return at;
    }
}
