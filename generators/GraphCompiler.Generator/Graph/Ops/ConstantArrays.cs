using System;
using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>Numbers of an array, in row-major order, compared by their bits: 0 and −0 are two values, and a NaN equals itself.</summary>
internal sealed class ArrayNumbers : IEquatable<ArrayNumbers>
{
    readonly double[] numbers;
    readonly int hash;

    public ArrayNumbers(IEnumerable<double> numbers)
    {
        this.numbers = [.. numbers];
        hash = this.numbers.Aggregate(this.numbers.Length, (sum, number) => unchecked((sum * 31) + number.GetHashCode()));
    }

    public int Count => numbers.Length;

    public double this[int index] => numbers[index];

    public IReadOnlyList<double> All => numbers;

    public bool Equals(ArrayNumbers? other) => ReferenceEquals(this, other) || (other is not null && hash == other.hash
        && numbers.Length == other.numbers.Length && numbers.Zip(other.numbers, AreSame).All(same => same));

    public override bool Equals(object? obj) => Equals(obj as ArrayNumbers);

    public override int GetHashCode() => hash;

    public static bool AreSame(double a, double b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b);
}

/// <summary>An array of constants: what messages and kernels call it, and its numbers.</summary>
internal sealed record ConstantArrayAttributes(string Name, ArrayNumbers Numbers) : NamedAttributes(Name)
{
    const int MostWritten = 4;

    public override string ToString() =>
        $"{Name}: {string.Join(", ", Numbers.All.Take(MostWritten).Select(Text))}{(Numbers.Count > MostWritten ? $", … ({Text(Numbers.Count)})" : "")}";
}

// Arrays whose numbers are known when the graph is built. They are data of the program, which kernels read like a parameter: no
// pass folds them, and none makes one.
internal sealed partial class Graph
{
    /// <summary>A tensor of numbers that are known; where all are the same, a constant, which takes no memory.</summary>
    public Node ConstantArray(string name, ArrayNumbers numbers, Shape shape, ElementType type = ElementType.Float32)
    {
        if (shape.Size != numbers.Count)
            throw new ShapeException($"ConstantArray: {numbers.Count} numbers are not a tensor of shape {shape}");
        return numbers.All.All(number => ArrayNumbers.AreSame(number, numbers[0]))
            ? Constant(numbers[0], shape, type)
            : Make(Op.ConstantArray, [], shape, type, new ConstantArrayAttributes(name, numbers));
    }
}

/// <summary>Arrays of constants.</summary>
internal static class ConstantArrays
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.ConstantArray, OpKind.Leaf, 0) { Numbers = (_, array, _) => FactOf(array.Get<ConstantArrayAttributes>().Numbers) },
    ];

    static NumberFact FactOf(ArrayNumbers numbers)
    {
        var facts = numbers.All.Select(Leaves.FactOf).ToList();
        return new(facts.Max(f => f.Doubt), facts.Min(f => f.Sign), IsModest: true);
    }
}
