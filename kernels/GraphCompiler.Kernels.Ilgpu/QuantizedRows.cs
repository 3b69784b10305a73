using GraphCompiler.Contracts;
using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// Rows as integers of 8 bits, for products with packed weights. A group of 32 neighbours of a row shares a scale, its largest magnitude / 127; what is
/// beyond the end of a row is 0. Memory has the integers of all groups, four in a word, then their scales, then the sums of their integers.
/// </summary>
/// <remarks>
/// A group with an infinity or a NaN has a scale that is one, so that no result of that row is finite. Groups without a magnitude of 2⁻¹⁰⁰ or
/// more are zeros: the reciprocal of their scale might be none.
/// </remarks>
public readonly struct QuantizedRows
{
    /// <summary>The words of a group's integers, each of which a thread computes.</summary>
    public const int WordsOfGroup = QuantizationContract.Group / Four.Count;

    const float LeastMagnitude = 7.888609e-31f, Largest = 127f;

    /// <summary>Added to a number of a smaller magnitude than 2²², it leaves the nearest integer in the lower bits, of two the even one.</summary>
    const float ToLowerBits = 12582912f;

    readonly ArrayView<float> memory;
    readonly int rows, groups;

    /// <param name="memory">Where they lie.</param>
    /// <param name="rows">How many there are.</param>
    /// <param name="depth">How long each is.</param>
    public QuantizedRows(ArrayView<float> memory, int rows, int depth)
    {
        this.memory = memory;
        this.rows = rows;
        groups = GroupsOf(depth);
    }

    /// <summary>The groups of a row.</summary>
    public static int GroupsOf(int depth) => (depth + QuantizationContract.Group - 1) / QuantizationContract.Group;

    /// <summary>Four integers of a group, as the bytes of a word.</summary>
    public int Word(int row, int group, int word) => memory.Cast<int>()[(row * groups + group) * WordsOfGroup + word];

    /// <summary>The scale of a group.</summary>
    public float Scale(int row, int group) => memory[rows * groups * WordsOfGroup + row * groups + group];

    /// <summary>The sum of a group's integers.</summary>
    public int Sum(int row, int group) => memory.Cast<int>()[rows * groups * (WordsOfGroup + 1) + row * groups + group];

    /// <summary>Quantises m rows of k numbers: a thread has four numbers, and eight threads share a group.</summary>
    public static void Quantize<TLeft>(int m, int k, TLeft left, ArrayView<float> memory)
        where TLeft : struct, IProductOperand
    {
        var magnitudes = SharedMemory.Allocate<float>(GroupSizes.Elements);
        var sums = SharedMemory.Allocate<int>(GroupSizes.Elements);
        int groups = GroupsOf(k), thread = Grid.IdxX * Group.DimX + Group.IdxX, all = thread / WordsOfGroup;
        // Threads beyond the last group compute its numbers again, for all meet at barriers, and store nothing.
        bool isGroup = all < m * groups;
        int group = isGroup ? all : m * groups - 1, row = group / groups, column = (thread + (group - all) * WordsOfGroup - row * groups * WordsOfGroup) * Four.Count;
        var values = Read(left, row, column, k);
        magnitudes[Group.IdxX] = DeviceMath.Max(
            DeviceMath.Max(MathF.Abs(values.X), MathF.Abs(values.Y)), DeviceMath.Max(MathF.Abs(values.Z), MathF.Abs(values.W)));
        Group.Barrier();
        int first = Group.IdxX / WordsOfGroup * WordsOfGroup;
        float largest = magnitudes[first];
        for (int i = 1; i < WordsOfGroup; i++)
            largest = DeviceMath.Max(largest, magnitudes[first + i]);
        bool isZero = largest < LeastMagnitude;
        float reciprocal = isZero ? 0f : Largest / largest;
        var integers = new FourIntegers
        {
            X = Round(values.X * reciprocal),
            Y = Round(values.Y * reciprocal),
            Z = Round(values.Z * reciprocal),
            W = Round(values.W * reciprocal),
        };
        sums[Group.IdxX] = integers.X + integers.Y + integers.Z + integers.W;
        Group.Barrier();
        if (!isGroup)
            return;
        var words = memory.Cast<int>();
        words[thread] = integers.ToBytes();
        if (Group.IdxX != first)
            return;
        int sum = 0;
        for (int i = 0; i < WordsOfGroup; i++)
            sum += sums[first + i];
        memory[m * groups * WordsOfGroup + group] = isZero ? 0f : largest / Largest;
        words[m * groups * (WordsOfGroup + 1) + group] = sum;
    }

    static Four Read<TLeft>(TLeft left, int row, int column, int k)
        where TLeft : struct, IProductOperand
    {
        if (left.IsRowMajor && left.IsVector)
            return column < k ? left.LoadFour(0, row, column) : default;
        return new()
        {
            X = column < k ? left.Load(0, row, column) : 0f,
            Y = column + 1 < k ? left.Load(0, row, column + 1) : 0f,
            Z = column + 2 < k ? left.Load(0, row, column + 2) : 0f,
            W = column + 3 < k ? left.Load(0, row, column + 3) : 0f,
        };
    }

    static int Round(float value) => Int8View.Narrow((int)(Interop.FloatAsInt(value + ToLowerBits) - Interop.FloatAsInt(ToLowerBits)));
}
