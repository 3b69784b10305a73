using System.Numerics;
using static GraphCompiler.Ptx.Tests.InstructionRun;

namespace GraphCompiler.Ptx.Tests;

/// <summary>Every instruction on integers and bits against C#'s arithmetic, for all lanes and for some.</summary>
public class ArithmeticTests
{
    static void Of32(string instruction, Func<uint, uint, uint, uint> expected, int arguments = 2) =>
        Check(instruction, "%r", Integers, (a, b, c) => expected((uint)a, (uint)b, (uint)c), arguments);

    static void Of64(string instruction, Func<ulong, ulong, ulong, ulong> expected, int arguments = 2) => Check(instruction, "%rd", Integers, expected, arguments);

    static void Of16(string instruction, Func<ushort, ushort, ushort, ushort> expected, int arguments = 2) =>
        Check(instruction, "%h", Integers, (a, b, c) => expected((ushort)a, (ushort)b, (ushort)c), arguments);

    [Fact]
    public void Sums_and_products_wrap()
    {
        Of32("add.s32 %r, %ra, %rb;", (a, b, _) => a + b);
        Of32("add.u32 %r, %ra, 0xFFFFFFFF;", (a, _, _) => a - 1);
        Of32("sub.s32 %r, %ra, %rb;", (a, b, _) => a - b);
        Of32("mul.lo.s32 %r, %ra, %rb;", (a, b, _) => a * b);
        Of32("mul.hi.s32 %r, %ra, %rb;", (a, b, _) => (uint)((long)(int)a * (int)b >> 32));
        Of32("mul.hi.u32 %r, %ra, %rb;", (a, b, _) => (uint)((ulong)a * b >> 32));
        Of32("mad.lo.s32 %r, %ra, %rb, %rc;", (a, b, c) => a * b + c, 3);
        Of32("mad.hi.u32 %r, %ra, %rb, %rc;", (a, b, c) => (uint)((ulong)a * b >> 32) + c, 3);
        Of64("add.s64 %rd, %rda, %rdb;", (a, b, _) => a + b);
        Of64("sub.u64 %rd, %rda, %rdb;", (a, b, _) => a - b);
        Of64("mul.lo.u64 %rd, %rda, %rdb;", (a, b, _) => a * b);
        Of64("mul.hi.u64 %rd, %rda, %rdb;", (a, b, _) => (ulong)((UInt128)a * b >> 64));
        Of64("mul.hi.s64 %rd, %rda, %rdb;", (a, b, _) => (ulong)((Int128)(long)a * (long)b >> 64));
        Of64("mad.lo.s64 %rd, %rda, %rdb, %rdc;", (a, b, c) => a * b + c, 3);
        Of64("mul.wide.u32 %rd, %ra, %rb;", (a, b, _) => (ulong)(uint)a * (uint)b);
        Of64("mul.wide.s32 %rd, %ra, %rb;", (a, b, _) => (ulong)((long)(int)a * (int)b));
        Of64("mad.wide.s32 %rd, %ra, %rb, %rdc;", (a, b, c) => (ulong)((long)(int)a * (int)b) + c, 3);
        Of32("mul.wide.u16 %r, %ha, %hb;", (a, b, _) => (uint)(ushort)a * (ushort)b);
        Of32("mul.wide.s16 %r, %ha, %hb;", (a, b, _) => (uint)((short)a * (short)b));
        Of16("add.s16 %h, %ha, %hb;", (a, b, _) => (ushort)(a + b));
        Of16("sub.u16 %h, %ha, %hb;", (a, b, _) => (ushort)(a - b));
        Of16("mul.lo.s16 %h, %ha, %hb;", (a, b, _) => (ushort)(a * b));
    }

    [Fact]
    public void Quotients_and_remainders_go_to_zero()
    {
        // PTX says nothing of divisions by zero, and of the one whose result there is not.
        Of32("div.s32 %r, %ra, %rb;", (a, b, _) => b == 0 ? uint.MaxValue : b == uint.MaxValue ? 0 - a : (uint)((int)a / (int)b));
        Of32("rem.s32 %r, %ra, %rb;", (a, b, _) => b == 0 ? a : b == uint.MaxValue ? 0 : (uint)((int)a % (int)b));
        Of32("div.u32 %r, %ra, %rb;", (a, b, _) => b == 0 ? uint.MaxValue : a / b);
        Of32("rem.u32 %r, %ra, %rb;", (a, b, _) => b == 0 ? a : a % b);
        Of64("div.s64 %rd, %rda, %rdb;", (a, b, _) => b == 0 ? ulong.MaxValue : b == ulong.MaxValue ? 0 - a : (ulong)((long)a / (long)b));
        Of64("rem.u64 %rd, %rda, %rdb;", (a, b, _) => b == 0 ? a : a % b);
        Of16("div.s16 %h, %ha, %hb;", (a, b, _) => b == 0 ? ushort.MaxValue : (ushort)((short)a / (short)b));
        Of16("rem.u16 %h, %ha, %hb;", (a, b, _) => (ushort)(b == 0 ? a : a % b));
    }

    [Fact]
    public void Extremes_and_signs_know_the_type()
    {
        Of32("min.s32 %r, %ra, %rb;", (a, b, _) => (uint)Math.Min((int)a, (int)b));
        Of32("max.s32 %r, %ra, %rb;", (a, b, _) => (uint)Math.Max((int)a, (int)b));
        Of32("min.u32 %r, %ra, %rb;", (a, b, _) => Math.Min(a, b));
        Of32("max.u32 %r, %ra, %rb;", (a, b, _) => Math.Max(a, b));
        Of64("min.s64 %rd, %rda, %rdb;", (a, b, _) => (ulong)Math.Min((long)a, (long)b));
        Of64("max.u64 %rd, %rda, %rdb;", (a, b, _) => Math.Max(a, b));
        Of16("min.s16 %h, %ha, %hb;", (a, b, _) => (ushort)Math.Min((short)a, (short)b));
        Of32("neg.s32 %r, %ra;", (a, _, _) => 0 - a, 1);
        Of32("abs.s32 %r, %ra;", (a, _, _) => (int)a < 0 ? 0 - a : a, 1);
        Of64("neg.s64 %rd, %rda;", (a, _, _) => 0 - a, 1);
        Of64("abs.s64 %rd, %rda;", (a, _, _) => (long)a < 0 ? 0 - a : a, 1);
        Of16("neg.s16 %h, %ha;", (a, _, _) => (ushort)-a, 1);
    }

    [Fact]
    public void Bits_are_combined_and_counted()
    {
        Of32("and.b32 %r, %ra, %rb;", (a, b, _) => a & b);
        Of32("or.b32 %r, %ra, %rb;", (a, b, _) => a | b);
        Of32("xor.b32 %r, %ra, %rb;", (a, b, _) => a ^ b);
        Of32("not.b32 %r, %ra;", (a, _, _) => ~a, 1);
        Of64("and.b64 %rd, %rda, %rdb;", (a, b, _) => a & b);
        Of64("xor.b64 %rd, %rda, %rdb;", (a, b, _) => a ^ b);
        Of64("not.b64 %rd, %rda;", (a, _, _) => ~a, 1);
        Of16("or.b16 %h, %ha, %hb;", (a, b, _) => (ushort)(a | b));
        Of16("not.b16 %h, %ha;", (a, _, _) => (ushort)~a, 1);
        Of32("popc.b32 %r, %ra;", (a, _, _) => (uint)BitOperations.PopCount(a), 1);
        Check("popc.b64 %r, %rda;", "%r", Integers, (a, _, _) => (ulong)BitOperations.PopCount(a), 1);
        Of32("clz.b32 %r, %ra;", (a, _, _) => (uint)BitOperations.LeadingZeroCount(a), 1);
        Check("clz.b64 %r, %rda;", "%r", Integers, (a, _, _) => (ulong)BitOperations.LeadingZeroCount(a), 1);
        Of32("brev.b32 %r, %ra;", (a, _, _) => Convert.ToUInt32(new string([.. a.ToString("b32").Reverse()]), 2), 1);
        Of64("brev.b64 %rd, %rda;", (a, _, _) => Convert.ToUInt64(new string([.. a.ToString("b64").Reverse()]), 2), 1);
    }

    [Fact]
    public void Shifts_by_all_bits_and_more_leave_zeros_or_the_sign()
    {
        Of32("shl.b32 %r, %ra, %rb;", (a, b, _) => b > 31 ? 0 : a << (int)b);
        Of32("shr.u32 %r, %ra, %rb;", (a, b, _) => b > 31 ? 0 : a >> (int)b);
        Of32("shr.s32 %r, %ra, %rb;", (a, b, _) => (uint)((int)a >> (int)Math.Min(b, 31)));
        Of32("shr.s32 %r, %ra, 5;", (a, _, _) => (uint)((int)a >> 5), 1);
        Of64("shl.b64 %rd, %rda, %rb;", (a, b, _) => (uint)b > 63 ? 0 : a << (int)b);
        Of64("shr.u64 %rd, %rda, %rb;", (a, b, _) => (uint)b > 63 ? 0 : a >> (int)b);
        Of64("shr.s64 %rd, %rda, %rb;", (a, b, _) => (ulong)((long)a >> (int)Math.Min((uint)b, 63)));
        Check("shl.b16 %h, %ha, %rb;", "%h", Integers, (a, b, _) => (uint)b > 15 ? 0u : (ushort)(a << (int)b), 2);
        Check("shr.s16 %h, %ha, %rb;", "%h", Integers, (a, b, _) => (ushort)((short)a >> (int)Math.Min((uint)b, 15)), 2);
        Check("shr.u16 %h, %ha, %rb;", "%h", Integers, (a, b, _) => (uint)b > 15 ? 0u : (uint)(ushort)a >> (int)b, 2);
    }

    [Fact]
    public void Numbers_are_moved_packed_and_unpacked()
    {
        Of32("mov.u32 %r, %ra;", (a, _, _) => a, 1);
        Of64("mov.b64 %rd, %rda;", (a, _, _) => a, 1);
        Of16("mov.b16 %h, %ha;", (a, _, _) => a, 1);
        Of32("mov.b32 %r, %fa;", (a, _, _) => a, 1);
        Of64("mov.b64 %rd, {%ra, %rb};", (a, b, _) => a & 0xFFFF_FFFF | b << 32);
        Of32("mov.b32 %r, {%ha, %hb};", (a, b, _) => a & 0xFFFF | b << 16);
    }

    [Theory]
    [InlineData("eq")]
    [InlineData("ne")]
    [InlineData("lt")]
    [InlineData("le")]
    [InlineData("gt")]
    [InlineData("ge")]
    public void Comparisons_know_the_type(string comparison)
    {
        bool Holds(int order) => comparison switch { "eq" => order == 0, "ne" => order != 0, "lt" => order < 0, "le" => order <= 0, "gt" => order > 0, _ => order >= 0 };
        string unsigned = comparison switch { "lt" => "lo", "le" => "ls", "gt" => "hi", "ge" => "hs", _ => comparison };
        void Of(string type, string letter, Func<ulong, ulong, int> order, string name) =>
            CheckPredicate($"setp.{name}.{type} %q, %{letter}a, %{letter}b;", Integers, (a, b, _) => Holds(order(a, b)), 2);
        Of("s32", "r", (a, b) => ((int)a).CompareTo((int)b), comparison);
        Of("u32", "r", (a, b) => ((uint)a).CompareTo((uint)b), unsigned);
        Of("s64", "rd", (a, b) => ((long)a).CompareTo((long)b), comparison);
        Of("u64", "rd", (a, b) => a.CompareTo(b), unsigned);
        Of("s16", "h", (a, b) => ((short)a).CompareTo((short)b), comparison);
        Of("u16", "h", (a, b) => ((ushort)a).CompareTo((ushort)b), comparison);
    }
}
