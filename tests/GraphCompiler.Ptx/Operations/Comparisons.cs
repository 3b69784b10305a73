using System.Numerics;
using System.Runtime.Intrinsics;
using GraphCompiler.Ptx.Decoding;
using GraphCompiler.Ptx.Execution;

namespace GraphCompiler.Ptx.Operations;

readonly struct IsEqual<T> : IVectorBinary<T>
{
    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => Vector256.Equals(a, b);
}

readonly struct IsLess<T> : IVectorBinary<T>
{
    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => Vector256.LessThan(a, b);
}

readonly struct IsLessOrEqual<T> : IVectorBinary<T>
{
    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => Vector256.LessThanOrEqual(a, b);
}

readonly struct IsGreater<T> : IVectorBinary<T>
{
    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => Vector256.GreaterThan(a, b);
}

readonly struct IsGreaterOrEqual<T> : IVectorBinary<T>
{
    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => Vector256.GreaterThanOrEqual(a, b);
}

/// <summary>Whether neither is none.</summary>
readonly struct AreNumbers<T> : IVectorBinary<T>
{
    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => Vector256.Equals(a, a) & Vector256.Equals(b, b);
}

/// <summary>Less or greater: different, and neither is none.</summary>
readonly struct IsLessOrGreater<T> : IVectorBinary<T>
{
    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => Vector256.LessThan(a, b) | Vector256.GreaterThan(a, b);
}

/// <summary>The opposite of a comparison: of floating-point numbers true where one is none.</summary>
readonly struct IsNot<T, TComparison> : IVectorBinary<T>
    where TComparison : IVectorBinary<T>
{
    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => ~TComparison.Of(a, b);
}

// Predicates are 32 bits, one a lane.

/// <summary>Sets and uses predicates.</summary>
static unsafe class Comparisons
{
    public const int WithAnd = 1, WithOr = 2, WithXor = 3;

    public static void SetPredicate<T, TComparison>(Warp warp, Instruction* instruction)
        where T : unmanaged
        where TComparison : IVectorBinary<T>
    {
        T* first = (T*)(warp.Registers + instruction->First), second = (T*)(warp.Registers + instruction->Second);
        uint bits = 0;
        for (int lane = 0; lane < 32; lane += Vector256<T>.Count)
            bits |= Vector256.ExtractMostSignificantBits(TComparison.Of(Vector256.Load(first + lane), Vector256.Load(second + lane))) << lane;
        SetCombined(warp, instruction, bits);
    }

    /// <summary>The same of 16 bits, which lie in 32: shifted to the top they compare alike.</summary>
    public static void SetPredicate16<T, TComparison>(Warp warp, Instruction* instruction)
        where T : unmanaged
        where TComparison : IVectorBinary<T>
    {
        uint* first = (uint*)(warp.Registers + instruction->First), second = (uint*)(warp.Registers + instruction->Second);
        uint bits = 0;
        for (int lane = 0; lane < 32; lane += 8)
        {
            Vector256<T> a = (Vector256.Load(first + lane) << 16).As<uint, T>(), b = (Vector256.Load(second + lane) << 16).As<uint, T>();
            bits |= Vector256.ExtractMostSignificantBits(TComparison.Of(a, b)) << lane;
        }
        SetCombined(warp, instruction, bits);
    }

    public static void SetPredicateOfHalves<TComparison>(Warp warp, Instruction* instruction)
        where TComparison : IVectorBinary<float>
    {
        byte* first = warp.Registers + instruction->First, second = warp.Registers + instruction->Second;
        uint bits = 0;
        for (int lane = 0; lane < 32; lane++)
        {
            var comparison = TComparison.Of(Vector256.Create((float)Lanes.Get<Half>(first, lane)), Vector256.Create((float)Lanes.Get<Half>(second, lane)));
            bits |= (comparison.AsUInt32()[0] & 1) << lane;
        }
        SetCombined(warp, instruction, bits);
    }

    public static void SetPredicateOfFloats<TTest>(Warp warp, Instruction* instruction)
        where TTest : IUnary<double, bool>
    {
        byte* first = warp.Registers + instruction->First;
        uint bits = 0;
        for (int lane = 0; lane < 32; lane++)
            bits |= (TTest.Of(instruction->Count == 8 ? Lanes.Get<double>(first, lane) : Lanes.Get<float>(first, lane)) ? 1u : 0) << lane;
        Set(warp, instruction->Target, bits);
    }

    /// <summary>Sets the bits of the active lanes, together with another predicate if the instruction names one.</summary>
    static void SetCombined(Warp warp, Instruction* instruction, uint bits) => Set(warp, instruction->Target, instruction->Count switch
    {
        WithAnd => bits & Of(warp, instruction->Third),
        WithOr => bits | Of(warp, instruction->Third),
        WithXor => bits ^ Of(warp, instruction->Third),
        _ => bits,
    });

    /// <summary>Sets the bits of the active lanes.</summary>
    public static void Set(Warp warp, int place, uint bits)
    {
        uint* predicate = (uint*)(warp.Registers + place);
        *predicate = *predicate & ~warp.Active | bits & warp.Active;
    }

    static uint Of(Warp warp, int place) => *(uint*)(warp.Registers + place);

    public static void Move(Warp warp, Instruction* instruction) => Set(warp, instruction->Target, Of(warp, instruction->First));

    public static void MoveConstant(Warp warp, Instruction* instruction) => Set(warp, instruction->Target, instruction->Number != 0 ? uint.MaxValue : 0);

    public static void Not(Warp warp, Instruction* instruction) => Set(warp, instruction->Target, ~Of(warp, instruction->First));

    public static void And(Warp warp, Instruction* instruction) => Set(warp, instruction->Target, Of(warp, instruction->First) & Of(warp, instruction->Second));

    public static void Or(Warp warp, Instruction* instruction) => Set(warp, instruction->Target, Of(warp, instruction->First) | Of(warp, instruction->Second));

    public static void Xor(Warp warp, Instruction* instruction) => Set(warp, instruction->Target, Of(warp, instruction->First) ^ Of(warp, instruction->Second));

    /// <summary>Of each lane the first number or the second, as the predicate says.</summary>
    public static void Select<T>(Warp warp, Instruction* instruction)
        where T : unmanaged
    {
        byte* target = warp.Registers + instruction->Target;
        byte* chosen = warp.Registers + instruction->First, other = warp.Registers + instruction->Second;
        uint all = warp.Active, choice = Of(warp, instruction->Third);
        if (all == uint.MaxValue)
        {
            warp.Active = choice;
            for (int lane = 0; lane < 32; lane += Vector256<T>.Count)
                Vector256.Store(Vector256.ConditionalSelect(warp.Mask<T>(lane), Vector256.Load((T*)chosen + lane), Vector256.Load((T*)other + lane)), (T*)target + lane);
            warp.Active = all;
            return;
        }
        for (uint left = all; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            Lanes.Set(target, lane, Lanes.Get<T>((choice >> lane & 1) != 0 ? chosen : other, lane));
        }
    }
}

readonly struct IsFinite : IUnary<double, bool>
{
    public static bool Of(double a) => double.IsFinite(a);
}

readonly struct IsInfinite : IUnary<double, bool>
{
    public static bool Of(double a) => double.IsInfinity(a);
}

readonly struct IsNumber : IUnary<double, bool>
{
    public static bool Of(double a) => !double.IsNaN(a);
}

readonly struct IsNone : IUnary<double, bool>
{
    public static bool Of(double a) => double.IsNaN(a);
}
