using System;
using System.Collections.Generic;
using System.Globalization;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>An array of constants in its block.</summary>
/// <param name="Name">What the user calls it, with a number behind it where another array is called so.</param>
/// <param name="Numbers">Its numbers.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Offset">Where it lies, in bytes from the start of the block.</param>
internal sealed record ConstantBuffer(string Name, ArrayNumbers Numbers, ElementType Type, long Offset);

/// <summary>The arrays of constants of a model's programs in one block, equal ones once.</summary>
internal sealed class ConstantBlock
{
    readonly Dictionary<(ArrayNumbers Numbers, ElementType Type), ConstantBuffer> places = [];
    readonly List<ConstantBuffer> buffers = [];
    readonly HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What lies there, in order.</summary>
    public IReadOnlyList<ConstantBuffer> Buffers => buffers;

    /// <summary>The size of the block in bytes.</summary>
    public long Size { get; private set; }

    public void Add(Node array)
    {
        var key = KeyOf(array);
        if (places.ContainsKey(key))
            return;
        buffers.Add(places[key] = new ConstantBuffer(Unique(array.Name), key.Numbers, key.Type, Size));
        Size += TensorBlock.Aligned(array.StoredBytes);
    }

    public ConstantBuffer BufferOf(Node array) => places[KeyOf(array)];

    string Unique(string wanted)
    {
        string name = wanted;
        for (int i = 2; !names.Add(name.TrimEnd('_')); i++)
            name = wanted + i.ToString(CultureInfo.InvariantCulture);
        return name;
    }

    static (ArrayNumbers Numbers, ElementType Type) KeyOf(Node array) => (array.Get<ConstantArrayAttributes>().Numbers, array.Type);
}
