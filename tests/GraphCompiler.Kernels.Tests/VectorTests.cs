using System.Runtime.Intrinsics;
using Xunit;

namespace GraphCompiler.Kernels.Tests;

public sealed class Float512Tests : VectorTests<Float512>;

public sealed class Float256Tests : VectorTests<Float256>;

public sealed class Float128Tests : VectorTests<Float128>;

/// <summary>What every width has to do, whatever the hardware offers.</summary>
public abstract unsafe class VectorTests<TVector>
    where TVector : unmanaged, IVector<TVector>
{
    static readonly int Count = TVector.Count;

    const float Sentinel = -12345.5f;
    const int LongestArray = 256;

    static readonly float[] Interesting =
    [
        0f, -0f, 1f, -1f, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, 3.25f, -7.75f, 1e-40f, -1e-45f, 1.17549435e-38f, 8388609.5f,
        -16777216f, 1e30f, -3e38f, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity,
        float.NaN, -float.NaN,
    ];

    static TVector Load(float[] values)
    {
        fixed (float* pointer = values)
            return TVector.Load(pointer);
    }

    static float[] Lanes(TVector value)
    {
        float[] lanes = new float[Count];
        fixed (float* pointer = lanes)
            TVector.Store(pointer, value);
        return lanes;
    }

    static void AssertSame(float expected, float actual, string what)
    {
        if (float.IsNaN(expected) ? float.IsNaN(actual) : expected == actual)
            return;
        Assert.Fail($"{what}: expected {expected:R}, got {actual:R}");
    }

    /// <summary>Every pair of interesting values, in every lane.</summary>
    static void CheckBinary(Func<TVector, TVector, TVector> operation, Func<float, float, float> expected, string name)
    {
        foreach (float a in Interesting)
        {
            for (int offset = 0; offset < Interesting.Length; offset++)
            {
                float[] b = new float[Count];
                for (int lane = 0; lane < Count; lane++)
                    b[lane] = Interesting[(offset + lane) % Interesting.Length];
                float[] forward = Lanes(operation(TVector.Splat(a), Load(b)));
                float[] backward = Lanes(operation(Load(b), TVector.Splat(a)));
                for (int lane = 0; lane < Count; lane++)
                {
                    AssertSame(expected(a, b[lane]), forward[lane], $"{name}({a:R}, {b[lane]:R})");
                    AssertSame(expected(b[lane], a), backward[lane], $"{name}({b[lane]:R}, {a:R})");
                }
            }
        }
    }

    static void CheckUnary(Func<TVector, TVector> operation, Func<float, float> expected, string name) =>
        CheckBinary((a, _) => operation(a), (a, _) => expected(a), name);

    /// <summary>The largest products of bytes there are, and random ones, by the instruction and one after the other.</summary>
    [Fact]
    public void Dots_of_bytes_are_exact()
    {
        var random = new Random(3);
        int[] extremes = [-1, 0, unchecked((int)0x80808080), 0x7F7F7F7F, 0x00FF7F80];
        for (int turn = 0; turn < 200; turn++)
        {
            int[] sums = new int[Count], unsigned = new int[Count], signed = new int[Count], expected = new int[Count];
            for (int lane = 0; lane < Count; lane++)
            {
                unsigned[lane] = turn < 25 ? extremes[turn % 5] : random.Next(int.MinValue, int.MaxValue);
                signed[lane] = turn < 25 ? extremes[turn / 5] : random.Next(int.MinValue, int.MaxValue);
                expected[lane] = sums[lane] = random.Next(-1000, 1000);
                for (int bit = 0; bit < 32; bit += 8)
                    expected[lane] += (byte)(unsigned[lane] >> bit) * (sbyte)(signed[lane] >> bit);
            }
            TVector sum = LoadIntegers(sums), u = LoadIntegers(unsigned), s = LoadIntegers(signed);
            Assert.Equal(expected, Integers(TVector.AddDots(sum, u, s)));
            Assert.Equal(expected, Integers(VectorMath.AddDots(sum, u, s)));
        }

        static TVector LoadIntegers(int[] integers)
        {
            fixed (int* pointer = integers)
                return TVector.Load(pointer);
        }

        static int[] Integers(TVector bits)
        {
            int[] lanes = new int[Count];
            fixed (int* pointer = lanes)
                TVector.Store(pointer, bits);
            return lanes;
        }
    }

    [Fact]
    public void Arithmetic_agrees_with_scalars()
    {
        CheckBinary((a, b) => a + b, (a, b) => a + b, "+");
        CheckBinary((a, b) => a - b, (a, b) => a - b, "-");
        CheckBinary((a, b) => a * b, (a, b) => a * b, "*");
        CheckBinary((a, b) => a / b, (a, b) => a / b, "/");
        CheckUnary(a => -a, a => -a, "negate");
        CheckUnary(TVector.Abs, MathF.Abs, "Abs");
        CheckUnary(TVector.Floor, MathF.Floor, "Floor");
        CheckUnary(TVector.Round, MathF.Round, "Round");
        CheckUnary(TVector.Sqrt, MathF.Sqrt, "Sqrt");
        CheckUnary(TVector.ReciprocalSqrt, a => 1 / MathF.Sqrt(a), "ReciprocalSqrt");
        CheckUnary(TVector.Sign, a => a > 0 ? 1 : a < 0 ? -1 : a, "Sign");
        CheckUnary(TVector.Relu, a => float.IsNaN(a) ? a : MathF.Max(a, 0), "Relu");
    }

    [Fact]
    public void Min_and_max_pass_NaN_on()
    {
        CheckBinary(TVector.Min, MathF.Min, "Min");
        CheckBinary(TVector.Max, MathF.Max, "Max");
        CheckUnary(a => TVector.Clamp(a, TVector.Splat(-2), TVector.Splat(3)),
            a => float.IsNaN(a) ? a : Math.Clamp(a, -2, 3), "Clamp");
    }

    [Fact]
    public void Fused_multiply_add_rounds_once_or_twice()
    {
        var random = new Random(7);
        for (int i = 0; i < 1000; i++)
        {
            float a = random.NextSingle() - 0.5f, b = random.NextSingle() - 0.5f, c = random.NextSingle() - 0.5f;
            float result = Lanes(TVector.FusedMultiplyAdd(TVector.Splat(a), TVector.Splat(b), TVector.Splat(c)))[i % Count];
            Assert.True(result == MathF.FusedMultiplyAdd(a, b, c) || result == a * b + c);
        }
    }

    [Fact]
    public void Comparisons_give_masks_of_ones_and_zeros()
    {
        Check(TVector.LessThan, (a, b) => a < b, "<");
        Check(TVector.LessThanOrEqual, (a, b) => a <= b, "<=");
        Check(TVector.GreaterThan, (a, b) => a > b, ">");
        Check(TVector.GreaterThanOrEqual, (a, b) => a >= b, ">=");
        Check(TVector.Equal, (a, b) => a == b, "==");
        Check(TVector.NotEqual, (a, b) => a != b, "!=");

        static void Check(Func<TVector, TVector, TVector> compare, Func<float, float, bool> expected, string name)
        {
            CheckBinary((a, b) => TVector.Select(compare(a, b), TVector.Splat(3), TVector.Splat(5)),
                (a, b) => expected(a, b) ? 3 : 5, name);
            CheckBinary((a, b) => TVector.And(compare(a, b), TVector.Splat(7)), (a, b) => expected(a, b) ? 7 : 0, name);
            CheckBinary((a, b) => TVector.And(TVector.Not(compare(a, b)), TVector.Splat(7)),
                (a, b) => expected(a, b) ? 0 : 7, name);
        }
    }

    [Fact]
    public void Bit_operations_work_on_lanes()
    {
        CheckBinary(TVector.And, (a, b) => FromBits(Bits(a) & Bits(b)), "And");
        CheckBinary(TVector.Or, (a, b) => FromBits(Bits(a) | Bits(b)), "Or");
        CheckBinary(TVector.Xor, (a, b) => FromBits(Bits(a) ^ Bits(b)), "Xor");
        CheckBinary(TVector.AddBits, (a, b) => FromBits(Bits(a) + Bits(b)), "AddBits");
        CheckBinary(TVector.SubtractBits, (a, b) => FromBits(Bits(a) - Bits(b)), "SubtractBits");
        CheckUnary(TVector.Not, a => FromBits(~Bits(a)), "Not");
        CheckUnary(a => TVector.ShiftBitsLeft(a, 3), a => FromBits(Bits(a) << 3), "ShiftBitsLeft");
        CheckUnary(a => TVector.ShiftBitsRight(a, 3), a => FromBits(Bits(a) >>> 3), "ShiftBitsRight");
        CheckUnary(a => TVector.ShiftBitsRightSigned(a, 3), a => FromBits(Bits(a) >> 3), "ShiftBitsRightSigned");
        CheckUnary(TVector.ConvertBitsToSingle, a => Bits(a), "ConvertBitsToSingle");
        CheckBinary((a, b) => TVector.Xor(a, b, TVector.SplatBits(0x55)), (a, b) => FromBits(Bits(a) ^ Bits(b) ^ 0x55), "Xor");
        Assert.All(Lanes(TVector.SplatBits(0x3F80_0000)), lane => Assert.Equal(1f, lane));

        static int Bits(float value) => BitConverter.SingleToInt32Bits(value);
        static float FromBits(int bits) => BitConverter.Int32BitsToSingle(bits);
    }

    [Fact]
    public void Pair_operations_take_two_lanes_as_one_number()
    {
        var random = new Random(5);
        ulong* a = stackalloc ulong[Count / 2], b = stackalloc ulong[Count / 2], result = stackalloc ulong[Count / 2];
        for (int trial = 0; trial < 100; trial++)
        {
            for (int i = 0; i < Count / 2; i++)
                (a[i], b[i]) = ((ulong)random.NextInt64(), ulong.MaxValue - (ulong)random.NextInt64());
            TVector left = TVector.Load((float*)a), right = TVector.Load((float*)b);
            TVector.Store((float*)result, TVector.MultiplyPairs(left, right));
            for (int i = 0; i < Count / 2; i++)
                Assert.Equal((ulong)(uint)a[i] * (uint)b[i], result[i]);
            TVector.Store((float*)result, TVector.ShiftPairsLeft(right, 32));
            for (int i = 0; i < Count / 2; i++)
                Assert.Equal(b[i] << 32, result[i]);
            TVector.Store((float*)result, TVector.ShiftPairsRight(right, 32));
            for (int i = 0; i < Count / 2; i++)
                Assert.Equal(b[i] >> 32, result[i]);
        }
    }

    [Fact]
    public void Any_lane_finds_one()
    {
        Assert.False(TVector.AnyLane(TVector.Zero));
        for (int lane = 0; lane < Count; lane++)
        {
            float[] values = new float[Count];
            values[lane] = 1;
            Assert.True(TVector.AnyLane(TVector.GreaterThan(Load(values), TVector.Zero)));
        }
    }

    [Fact]
    public void Scale_by_power_of_two_rounds_once()
    {
        float[] values = [1f, -1.5f, 1.9999999f, 1.0000001f, 0.5f, 3e38f, 0f, float.PositiveInfinity, float.NaN];
        foreach (float value in values)
        {
            for (int exponent = -250; exponent <= 252; exponent++)
            {
                float expected = (float)(value * Math.ScaleB(1, exponent));
                TVector scaled = TVector.ScaleByPowerOfTwo(TVector.Splat(value), TVector.Splat(exponent));
                AssertSame(expected, Lanes(scaled)[(exponent + 250) % Count], $"{value:R} * 2^{exponent}");
            }
        }
    }

    [Fact]
    public void Iota_counts_up()
    {
        Assert.Equal(Enumerable.Range(5, Count).Select(i => (float)i), Lanes(TVector.Iota(5)));
    }

    /// <summary>The order of the sum is part of the contract: halves, then halves of those.</summary>
    [Fact]
    public void Sum_lanes_adds_halves()
    {
        var random = new Random(3);
        for (int trial = 0; trial < 100; trial++)
        {
            float[] values = Enumerable.Range(0, Count).Select(_ => (random.NextSingle() - 0.5f) * 100).ToArray();
            float[] sums = [.. values];
            for (int half = Count / 2; half > 0; half /= 2)
            {
                for (int i = 0; i < half; i++)
                    sums[i] += sums[i + half];
            }
            Assert.Equal(sums[0], TVector.SumLanes(Load(values)));
        }
    }

    [Fact]
    public void Max_and_min_lanes_find_the_lane_and_NaN()
    {
        for (int lane = 0; lane < Count; lane++)
        {
            float[] values = Enumerable.Range(0, Count).Select(i => (float)((i * 5) % Count)).ToArray();
            values[lane] = 1000;
            Assert.Equal(1000, TVector.MaxLanes(Load(values)));
            values[lane] = -1000;
            Assert.Equal(-1000, TVector.MinLanes(Load(values)));
            values[lane] = float.NaN;
            Assert.Equal(float.NaN, TVector.MaxLanes(Load(values)));
            Assert.Equal(float.NaN, TVector.MinLanes(Load(values)));
        }
    }

    [Fact]
    public void Keep_first_fills_the_rest()
    {
        for (int count = -1; count <= Count + 1; count++)
        {
            float[] lanes = Lanes(TVector.KeepFirst(TVector.Iota(0), count, -9));
            for (int lane = 0; lane < Count; lane++)
                Assert.Equal(lane < count ? lane : -9, lanes[lane]);
        }
    }

    /// <summary>All lengths, with the array's end against a page that must not be touched.</summary>
    [Fact]
    public void Partial_loads_and_stores_copy_every_length_and_nothing_else()
    {
        using var source = new GuardedMemory(LongestArray * sizeof(float));
        using var destination = new GuardedMemory((LongestArray + 16) * sizeof(float));
        for (int length = 0; length <= LongestArray; length++)
        {
            float* from = source.LastFloats(length), to = destination.LastFloats(length);
            for (int i = 0; i < length; i++)
                from[i] = i + 1;
            for (int i = -16; i < length; i++)
                to[i] = Sentinel;
            for (int i = 0; i < length; i += Count)
                TVector.StorePartial(to + i, length - i, TVector.LoadPartial(from + i, length - i));
            for (int i = -16; i < length; i++)
                Assert.Equal(i < 0 ? Sentinel : i + 1, to[i]);
        }
    }

    [Fact]
    public void Partial_store_leaves_what_follows()
    {
        float* memory = stackalloc float[Count * 2];
        for (int count = -1; count <= Count + 1; count++)
        {
            new Span<float>(memory, Count * 2).Fill(Sentinel);
            TVector.StorePartial(memory, count, TVector.Iota(1));
            for (int i = 0; i < Count * 2; i++)
                Assert.Equal(i < Math.Min(count, Count) ? i + 1 : Sentinel, memory[i]);
        }
    }

    [Fact]
    public void Partial_load_clears_the_other_lanes()
    {
        float* memory = stackalloc float[Count];
        new Span<float>(memory, Count).Fill(float.NaN);
        for (int count = -1; count <= Count + 1; count++)
        {
            float[] lanes = Lanes(TVector.LoadPartial(memory, count));
            for (int lane = 0; lane < Count; lane++)
                Assert.Equal(lane < count ? float.NaN : 0, lanes[lane]);
        }
    }

    /// <summary>The fallback of hardware without masked loads, on every hardware.</summary>
    [Fact]
    public void Partial_fallback_copies_nothing_else()
    {
        using var source = new GuardedMemory(4 * sizeof(float));
        float* to = stackalloc float[5];
        for (int count = -1; count <= 4; count++)
        {
            float* from = source.LastFloats(Math.Max(count, 0));
            for (int i = 0; i < count; i++)
                from[i] = i + 1;
            new Span<float>(to, 5).Fill(Sentinel);
            Float128 loaded = Float128.LoadFirst(from, count);
            Float128.StoreFirst(to, count, loaded);
            for (int i = 0; i < 4; i++)
            {
                Assert.Equal(i < count ? i + 1 : Sentinel, to[i]);
                Assert.Equal(i < count ? i + 1 : 0, loaded.Lanes.GetElement(i));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(-3)]
    [InlineData(0)]
    [InlineData(17)]
    public void Strided_loads_take_every_nth(int stride)
    {
        using var memory = new GuardedMemory((Count * Math.Abs(stride) + 1) * sizeof(float));
        for (int count = 0; count <= Count; count++)
        {
            // The last element read is the last before the guarded page, or with a negative stride the first after one.
            int reach = Math.Max(count - 1, 0) * Math.Abs(stride) + 1;
            float* first = stride < 0 ? (float*)memory.Start + (reach - 1) : memory.LastFloats(reach);
            for (int i = 0; i < count; i++)
                first[i * stride] = stride == 0 ? 1 : i + 1;
            float[] lanes = Lanes(TVector.LoadStridedPartial(first, stride, count));
            for (int lane = 0; lane < Count; lane++)
                Assert.Equal(lane >= count ? 0 : stride == 0 ? 1 : lane + 1, lanes[lane]);
            if (count == Count)
                Assert.Equal(lanes, Lanes(TVector.LoadStrided(first, stride)));

            int* integers = (int*)first;
            for (int i = 0; i < count; i++)
                integers[i * stride] = stride == 0 ? -1 : -i - 1;
            int[] numbers = Integers(TVector.LoadStridedPartial(integers, stride, count));
            for (int lane = 0; lane < Count; lane++)
                Assert.Equal(lane >= count ? 0 : stride == 0 ? -1 : -lane - 1, numbers[lane]);
            if (count == Count)
                Assert.Equal(numbers, Integers(TVector.LoadStrided(integers, stride)));
        }
    }

    [Fact]
    public void Integers_keep_their_bits_in_memory()
    {
        using var memory = new GuardedMemory(LongestArray * sizeof(int));
        using var copy = new GuardedMemory(LongestArray * sizeof(int));
        for (int length = 0; length <= LongestArray; length++)
        {
            int* values = (int*)memory.LastFloats(length), copies = (int*)copy.LastFloats(length);
            for (int i = 0; i < length; i++)
                values[i] = unchecked(i * 0x5D588B65 + 0x7F800001);
            for (int i = 0; i < length; i += Count)
            {
                TVector lanes = TVector.LoadPartial(values + i, length - i);
                for (int lane = 0; lane < Count; lane++)
                    Assert.Equal(i + lane < length ? values[i + lane] : 0, Integers(lanes)[lane]);
                TVector.StorePartial(copies + i, length - i, lanes);
                if (length - i >= Count)
                {
                    Assert.Equal(Integers(lanes), Integers(TVector.Load(values + i)));
                    TVector.Store(copies + i, lanes);
                }
            }
            Assert.Equal(new Span<int>(values, length), new Span<int>(copies, length));
        }
    }

    [Fact]
    public void Integers_are_computed_exactly_and_wrap()
    {
        int[] numbers = [0, 1, -1, 16777216, 16777217, -16777217, int.MaxValue, int.MinValue, 123456789, -987654321];
        foreach (int a in numbers)
        {
            foreach (int b in numbers)
            {
                Assert.Equal(unchecked(a + b), Integers(TVector.AddBits(TVector.SplatBits(a), TVector.SplatBits(b)))[Count - 1]);
                Assert.Equal(unchecked(a - b), Integers(TVector.SubtractBits(TVector.SplatBits(a), TVector.SplatBits(b)))[Count - 1]);
                Assert.Equal(unchecked(a * b), Integers(TVector.MultiplyBits(TVector.SplatBits(a), TVector.SplatBits(b)))[Count - 1]);
                Assert.Equal(Math.Min(a, b), Integers(TVector.MinBits(TVector.SplatBits(a), TVector.SplatBits(b)))[Count - 1]);
                Assert.Equal(Math.Max(a, b), Integers(TVector.MaxBits(TVector.SplatBits(a), TVector.SplatBits(b)))[Count - 1]);
                Assert.Equal(a == b ? -1 : 0, Integers(TVector.EqualBits(TVector.SplatBits(a), TVector.SplatBits(b)))[Count - 1]);
                Assert.Equal(a < b ? -1 : 0, Integers(TVector.LessThanBits(TVector.SplatBits(a), TVector.SplatBits(b)))[Count - 1]);
            }
            Assert.Equal(Enumerable.Range(0, Count).Select(lane => unchecked(a + lane)), Integers(TVector.IotaBits(a)));
            Assert.Equal((float)a, Lanes(TVector.ConvertBitsToSingle(TVector.SplatBits(a)))[Count - 1]);
        }
    }

    [Theory]
    [InlineData(1.9f, 1)]
    [InlineData(-1.9f, -1)]
    [InlineData(-0f, 0)]
    [InlineData(2147483520f, 2147483520)]
    [InlineData(2147483648f, int.MaxValue)]
    [InlineData(-2147483648f, int.MinValue)]
    [InlineData(float.PositiveInfinity, int.MaxValue)]
    [InlineData(float.NegativeInfinity, int.MinValue)]
    [InlineData(float.NaN, 0)]
    public void Floats_become_the_integers_towards_zero(float value, int expected)
        => Assert.All(Integers(TVector.TruncateToBits(TVector.Splat(value))), lane => Assert.Equal(expected, lane));

    static int[] Integers(TVector bits)
    {
        int[] lanes = new int[Count];
        fixed (int* destination = lanes)
            TVector.Store(destination, bits);
        return lanes;
    }
}
