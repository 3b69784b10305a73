using System.Runtime.CompilerServices;
using GraphCompiler.Contracts;

namespace GraphCompiler.Kernels;

/// <summary>
/// Rows of activations as integers of 8 bits. A group of 32 neighbours shares a scale, its largest magnitude / 127; an activation is
/// the integer nearest to it in units of the scale. What is beyond the end of a row is 0.
/// </summary>
/// <remarks>
/// A group with an infinity or a NaN has a scale that is one, so that none of a product's results of that row is finite. Groups without a
/// magnitude of 2⁻¹⁰⁰ or more are zeros: the reciprocal of their scale might be none.
/// </remarks>
internal readonly unsafe struct ActivationGroups
{
    const int Group = QuantizationContract.Group;
    const float LeastMagnitude = 7.888609e-31f, Largest = 127;

    readonly sbyte* integers;
    readonly float* scales;
    readonly int* sums;
    readonly int groups;

    /// <summary>Lays rows out in memory of <see cref="FloatsOfRow"/> times as many floats.</summary>
    public ActivationGroups(float* memory, int rows, int depth)
    {
        groups = GroupsOf(depth);
        integers = (sbyte*)memory;
        scales = memory + ((nint)rows * groups * (Group / sizeof(float)));
        sums = (int*)scales + ((nint)rows * groups);
    }

    /// <summary>The groups of a row.</summary>
    public static int GroupsOf(int depth) => (depth + Group - 1) / Group;

    /// <summary>The memory of a row, in floats.</summary>
    public static int FloatsOfRow(int depth) => GroupsOf(depth) * ((Group / sizeof(float)) + 2);

    /// <summary>The groups of every row.</summary>
    public int Count => groups;

    /// <summary>The integers of a row, group by group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public sbyte* Integers(int row) => integers + ((nint)row * groups * Group);

    /// <summary>The scales of a row's groups.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Scales(int row) => scales + ((nint)row * groups);

    /// <summary>The sums of the integers of a row's groups.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int* Sums(int row) => sums + ((nint)row * groups);

    /// <summary>Quantises a row of a matrix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Quantize<V, TA>(TA a, int sourceRow, int row, int depth)
        where V : unmanaged, IVector<V>
        where TA : struct, IGemmOperand
    {
        float* group = stackalloc float[Group];
        sbyte* integer = Integers(row);
        for (int g = 0; g < groups; g++, integer += Group)
        {
            int first = g * Group;
            V magnitudes = V.Zero;
            for (int i = 0; i < Group; i += V.Count)
            {
                int left = depth - first - i;
                V value = left >= V.Count ? a.Load<V>(sourceRow, first + i)
                    : left > 0 ? V.KeepFirst(a.LoadPartial<V>(sourceRow, first + i, left), left, 0) : V.Zero;
                V.Store(group + i, value);
                magnitudes = V.Max(magnitudes, V.Abs(value));
            }
            float largest = V.MaxLanes(magnitudes);
            bool isZero = largest < LeastMagnitude;
            Scales(row)[g] = isZero ? 0 : largest / Largest;
            V reciprocal = V.Splat(isZero ? 0 : Largest / largest);
            V sum = V.Zero;
            for (int i = 0; i < Group; i += V.Count)
            {
                V rounded = V.TruncateToBits(V.Round(V.Load(group + i) * reciprocal));
                V.StoreBits8((byte*)integer + i, rounded);
                sum = V.AddBits(sum, rounded);
            }
            Sums(row)[g] = SumOfLanes(sum);
        }
    }

    static int SumOfLanes<V>(V integers)
        where V : unmanaged, IVector<V>
    {
        // The sums of a group are far below 2²⁴, so floats hold them.
        return (int)V.SumLanes(V.ConvertBitsToSingle(integers));
    }
}
