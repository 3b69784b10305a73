namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>PTX of what becomes of the numbers in <see cref="TensorAttentionRegisters"/> between the products.</summary>
static class TensorAttentionArithmetic
{
    /// <summary>Multiplies them by <c>factor</c>.</summary>
    public const string ScaleScores =
        "mul.f32 score0, score0, factor; mul.f32 score1, score1, factor; mul.f32 score2, score2, factor; mul.f32 score3, score3, factor; mul.f32 score4, score4, factor; mul.f32 score5, score5, factor; mul.f32 score6, score6, factor; mul.f32 score7, score7, factor;\n" +
        "mul.f32 score8, score8, factor; mul.f32 score9, score9, factor; mul.f32 score10, score10, factor; mul.f32 score11, score11, factor; mul.f32 score12, score12, factor; mul.f32 score13, score13, factor; mul.f32 score14, score14, factor; mul.f32 score15, score15, factor;\n" +
        "mul.f32 score16, score16, factor; mul.f32 score17, score17, factor; mul.f32 score18, score18, factor; mul.f32 score19, score19, factor; mul.f32 score20, score20, factor; mul.f32 score21, score21, factor; mul.f32 score22, score22, factor; mul.f32 score23, score23, factor;\n" +
        "mul.f32 score24, score24, factor; mul.f32 score25, score25, factor; mul.f32 score26, score26, factor; mul.f32 score27, score27, factor; mul.f32 score28, score28, factor; mul.f32 score29, score29, factor; mul.f32 score30, score30, factor; mul.f32 score31, score31, factor;";

    /// <summary>Those whose bit in <c>bits</c> is not set become <c>fill</c>.</summary>
    public const string SelectScores =
        "{ .reg .pred isSet; .reg .b32 bit;\nand.b32 bit, bits, 1; setp.ne.b32 isSet, bit, 0; selp.f32 score0, score0, fill, isSet; and.b32 bit, bits, 2; setp.ne.b32 isSet, bit, 0; selp.f32 score1, score1, fill, isSet;\n" +
        "and.b32 bit, bits, 4; setp.ne.b32 isSet, bit, 0; selp.f32 score4, score4, fill, isSet; and.b32 bit, bits, 8; setp.ne.b32 isSet, bit, 0; selp.f32 score5, score5, fill, isSet;\n" +
        "and.b32 bit, bits, 16; setp.ne.b32 isSet, bit, 0; selp.f32 score8, score8, fill, isSet; and.b32 bit, bits, 32; setp.ne.b32 isSet, bit, 0; selp.f32 score9, score9, fill, isSet;\n" +
        "and.b32 bit, bits, 64; setp.ne.b32 isSet, bit, 0; selp.f32 score12, score12, fill, isSet; and.b32 bit, bits, 128; setp.ne.b32 isSet, bit, 0; selp.f32 score13, score13, fill, isSet;\n" +
        "and.b32 bit, bits, 256; setp.ne.b32 isSet, bit, 0; selp.f32 score16, score16, fill, isSet; and.b32 bit, bits, 512; setp.ne.b32 isSet, bit, 0; selp.f32 score17, score17, fill, isSet;\n" +
        "and.b32 bit, bits, 1024; setp.ne.b32 isSet, bit, 0; selp.f32 score20, score20, fill, isSet; and.b32 bit, bits, 2048; setp.ne.b32 isSet, bit, 0; selp.f32 score21, score21, fill, isSet;\n" +
        "and.b32 bit, bits, 4096; setp.ne.b32 isSet, bit, 0; selp.f32 score24, score24, fill, isSet; and.b32 bit, bits, 8192; setp.ne.b32 isSet, bit, 0; selp.f32 score25, score25, fill, isSet;\n" +
        "and.b32 bit, bits, 16384; setp.ne.b32 isSet, bit, 0; selp.f32 score28, score28, fill, isSet; and.b32 bit, bits, 32768; setp.ne.b32 isSet, bit, 0; selp.f32 score29, score29, fill, isSet;\n" +
        "and.b32 bit, bits, 65536; setp.ne.b32 isSet, bit, 0; selp.f32 score2, score2, fill, isSet; and.b32 bit, bits, 131072; setp.ne.b32 isSet, bit, 0; selp.f32 score3, score3, fill, isSet;\n" +
        "and.b32 bit, bits, 262144; setp.ne.b32 isSet, bit, 0; selp.f32 score6, score6, fill, isSet; and.b32 bit, bits, 524288; setp.ne.b32 isSet, bit, 0; selp.f32 score7, score7, fill, isSet;\n" +
        "and.b32 bit, bits, 1048576; setp.ne.b32 isSet, bit, 0; selp.f32 score10, score10, fill, isSet; and.b32 bit, bits, 2097152; setp.ne.b32 isSet, bit, 0; selp.f32 score11, score11, fill, isSet;\n" +
        "and.b32 bit, bits, 4194304; setp.ne.b32 isSet, bit, 0; selp.f32 score14, score14, fill, isSet; and.b32 bit, bits, 8388608; setp.ne.b32 isSet, bit, 0; selp.f32 score15, score15, fill, isSet;\n" +
        "and.b32 bit, bits, 16777216; setp.ne.b32 isSet, bit, 0; selp.f32 score18, score18, fill, isSet; and.b32 bit, bits, 33554432; setp.ne.b32 isSet, bit, 0; selp.f32 score19, score19, fill, isSet;\n" +
        "and.b32 bit, bits, 67108864; setp.ne.b32 isSet, bit, 0; selp.f32 score22, score22, fill, isSet; and.b32 bit, bits, 134217728; setp.ne.b32 isSet, bit, 0; selp.f32 score23, score23, fill, isSet;\n" +
        "and.b32 bit, bits, 268435456; setp.ne.b32 isSet, bit, 0; selp.f32 score26, score26, fill, isSet; and.b32 bit, bits, 536870912; setp.ne.b32 isSet, bit, 0; selp.f32 score27, score27, fill, isSet;\n" +
        "and.b32 bit, bits, 1073741824; setp.ne.b32 isSet, bit, 0; selp.f32 score30, score30, fill, isSet; and.b32 bit, bits, 2147483648; setp.ne.b32 isSet, bit, 0; selp.f32 score31, score31, fill, isSet; }";

    /// <inheritdoc cref="SelectScores"/>
    public const string SelectProducts =
        "{ .reg .pred isSet; .reg .b32 bit;\nand.b32 bit, bits, 1; setp.ne.b32 isSet, bit, 0; selp.f32 product0, product0, fill, isSet; and.b32 bit, bits, 2; setp.ne.b32 isSet, bit, 0; selp.f32 product1, product1, fill, isSet;\n" +
        "and.b32 bit, bits, 4; setp.ne.b32 isSet, bit, 0; selp.f32 product4, product4, fill, isSet; and.b32 bit, bits, 8; setp.ne.b32 isSet, bit, 0; selp.f32 product5, product5, fill, isSet;\n" +
        "and.b32 bit, bits, 16; setp.ne.b32 isSet, bit, 0; selp.f32 product8, product8, fill, isSet; and.b32 bit, bits, 32; setp.ne.b32 isSet, bit, 0; selp.f32 product9, product9, fill, isSet;\n" +
        "and.b32 bit, bits, 64; setp.ne.b32 isSet, bit, 0; selp.f32 product12, product12, fill, isSet; and.b32 bit, bits, 128; setp.ne.b32 isSet, bit, 0; selp.f32 product13, product13, fill, isSet;\n" +
        "and.b32 bit, bits, 256; setp.ne.b32 isSet, bit, 0; selp.f32 product16, product16, fill, isSet; and.b32 bit, bits, 512; setp.ne.b32 isSet, bit, 0; selp.f32 product17, product17, fill, isSet;\n" +
        "and.b32 bit, bits, 1024; setp.ne.b32 isSet, bit, 0; selp.f32 product20, product20, fill, isSet; and.b32 bit, bits, 2048; setp.ne.b32 isSet, bit, 0; selp.f32 product21, product21, fill, isSet;\n" +
        "and.b32 bit, bits, 4096; setp.ne.b32 isSet, bit, 0; selp.f32 product24, product24, fill, isSet; and.b32 bit, bits, 8192; setp.ne.b32 isSet, bit, 0; selp.f32 product25, product25, fill, isSet;\n" +
        "and.b32 bit, bits, 16384; setp.ne.b32 isSet, bit, 0; selp.f32 product28, product28, fill, isSet; and.b32 bit, bits, 32768; setp.ne.b32 isSet, bit, 0; selp.f32 product29, product29, fill, isSet;\n" +
        "and.b32 bit, bits, 65536; setp.ne.b32 isSet, bit, 0; selp.f32 product2, product2, fill, isSet; and.b32 bit, bits, 131072; setp.ne.b32 isSet, bit, 0; selp.f32 product3, product3, fill, isSet;\n" +
        "and.b32 bit, bits, 262144; setp.ne.b32 isSet, bit, 0; selp.f32 product6, product6, fill, isSet; and.b32 bit, bits, 524288; setp.ne.b32 isSet, bit, 0; selp.f32 product7, product7, fill, isSet;\n" +
        "and.b32 bit, bits, 1048576; setp.ne.b32 isSet, bit, 0; selp.f32 product10, product10, fill, isSet; and.b32 bit, bits, 2097152; setp.ne.b32 isSet, bit, 0; selp.f32 product11, product11, fill, isSet;\n" +
        "and.b32 bit, bits, 4194304; setp.ne.b32 isSet, bit, 0; selp.f32 product14, product14, fill, isSet; and.b32 bit, bits, 8388608; setp.ne.b32 isSet, bit, 0; selp.f32 product15, product15, fill, isSet;\n" +
        "and.b32 bit, bits, 16777216; setp.ne.b32 isSet, bit, 0; selp.f32 product18, product18, fill, isSet; and.b32 bit, bits, 33554432; setp.ne.b32 isSet, bit, 0; selp.f32 product19, product19, fill, isSet;\n" +
        "and.b32 bit, bits, 67108864; setp.ne.b32 isSet, bit, 0; selp.f32 product22, product22, fill, isSet; and.b32 bit, bits, 134217728; setp.ne.b32 isSet, bit, 0; selp.f32 product23, product23, fill, isSet;\n" +
        "and.b32 bit, bits, 268435456; setp.ne.b32 isSet, bit, 0; selp.f32 product26, product26, fill, isSet; and.b32 bit, bits, 536870912; setp.ne.b32 isSet, bit, 0; selp.f32 product27, product27, fill, isSet;\n" +
        "and.b32 bit, bits, 1073741824; setp.ne.b32 isSet, bit, 0; selp.f32 product30, product30, fill, isSet; and.b32 bit, bits, 2147483648; setp.ne.b32 isSet, bit, 0; selp.f32 product31, product31, fill, isSet; }";

    /// <summary>The largest scores of a thread's rows, over the four threads that have them and so far, to <c>shrink</c>.</summary>
    public const string Largest =
        "{ .reg .f32 part<8>, passed;\n" +
        "max.f32 part0, score0, score1; max.f32 part1, score4, score5; max.f32 part2, score8, score9; max.f32 part3, score12, score13; max.f32 part4, score16, score17; max.f32 part5, score20, score21; max.f32 part6, score24, score25; max.f32 part7, score28, score29;\n" +
        "max.f32 part0, part0, part4; max.f32 part1, part1, part5; max.f32 part2, part2, part6; max.f32 part3, part3, part7; max.f32 part0, part0, part2; max.f32 part1, part1, part3; max.f32 shrink0, part0, part1;\n" +
        "shfl.sync.bfly.b32 passed, shrink0, 1, 31, 4294967295; max.f32 shrink0, shrink0, passed;\n" +
        "shfl.sync.bfly.b32 passed, shrink0, 2, 31, 4294967295; max.f32 shrink0, shrink0, passed;\n" +
        "max.f32 part0, score2, score3; max.f32 part1, score6, score7; max.f32 part2, score10, score11; max.f32 part3, score14, score15; max.f32 part4, score18, score19; max.f32 part5, score22, score23; max.f32 part6, score26, score27; max.f32 part7, score30, score31;\n" +
        "max.f32 part0, part0, part4; max.f32 part1, part1, part5; max.f32 part2, part2, part6; max.f32 part3, part3, part7; max.f32 part0, part0, part2; max.f32 part1, part1, part3; max.f32 shrink1, part0, part1;\n" +
        "shfl.sync.bfly.b32 passed, shrink1, 1, 31, 4294967295; max.f32 shrink1, shrink1, passed;\n" +
        "shfl.sync.bfly.b32 passed, shrink1, 2, 31, 4294967295; max.f32 shrink1, shrink1, passed;\n" +
        "max.f32 shrink0, shrink0, largest0; max.f32 shrink1, shrink1, largest1; }";

    /// <summary>Scores become 2 to the power of what they exceed the largest by; <c>shrink</c> becomes what older weights are multiplied
    /// by, and <c>total</c> grows by the new ones. A row that has seen no column stays without weights.</summary>
    public const string Exponentials =
        "{ .reg .f32 part<8>, base<2>, more; .reg .pred isNone;\n" +
        "setp.eq.f32 isNone, shrink0, 0fFF800000; selp.f32 base0, 0f00000000, shrink0, isNone; sub.f32 more, largest0, base0; mov.f32 largest0, shrink0; ex2.approx.ftz.f32 shrink0, more;\n" +
        "setp.eq.f32 isNone, shrink1, 0fFF800000; selp.f32 base1, 0f00000000, shrink1, isNone; sub.f32 more, largest1, base1; mov.f32 largest1, shrink1; ex2.approx.ftz.f32 shrink1, more;\n" +
        "sub.f32 score0, score0, base0; ex2.approx.ftz.f32 score0, score0; sub.f32 score1, score1, base0; ex2.approx.ftz.f32 score1, score1; sub.f32 score2, score2, base1; ex2.approx.ftz.f32 score2, score2; sub.f32 score3, score3, base1; ex2.approx.ftz.f32 score3, score3;\n" +
        "sub.f32 score4, score4, base0; ex2.approx.ftz.f32 score4, score4; sub.f32 score5, score5, base0; ex2.approx.ftz.f32 score5, score5; sub.f32 score6, score6, base1; ex2.approx.ftz.f32 score6, score6; sub.f32 score7, score7, base1; ex2.approx.ftz.f32 score7, score7;\n" +
        "sub.f32 score8, score8, base0; ex2.approx.ftz.f32 score8, score8; sub.f32 score9, score9, base0; ex2.approx.ftz.f32 score9, score9; sub.f32 score10, score10, base1; ex2.approx.ftz.f32 score10, score10; sub.f32 score11, score11, base1; ex2.approx.ftz.f32 score11, score11;\n" +
        "sub.f32 score12, score12, base0; ex2.approx.ftz.f32 score12, score12; sub.f32 score13, score13, base0; ex2.approx.ftz.f32 score13, score13; sub.f32 score14, score14, base1; ex2.approx.ftz.f32 score14, score14; sub.f32 score15, score15, base1; ex2.approx.ftz.f32 score15, score15;\n" +
        "sub.f32 score16, score16, base0; ex2.approx.ftz.f32 score16, score16; sub.f32 score17, score17, base0; ex2.approx.ftz.f32 score17, score17; sub.f32 score18, score18, base1; ex2.approx.ftz.f32 score18, score18; sub.f32 score19, score19, base1; ex2.approx.ftz.f32 score19, score19;\n" +
        "sub.f32 score20, score20, base0; ex2.approx.ftz.f32 score20, score20; sub.f32 score21, score21, base0; ex2.approx.ftz.f32 score21, score21; sub.f32 score22, score22, base1; ex2.approx.ftz.f32 score22, score22; sub.f32 score23, score23, base1; ex2.approx.ftz.f32 score23, score23;\n" +
        "sub.f32 score24, score24, base0; ex2.approx.ftz.f32 score24, score24; sub.f32 score25, score25, base0; ex2.approx.ftz.f32 score25, score25; sub.f32 score26, score26, base1; ex2.approx.ftz.f32 score26, score26; sub.f32 score27, score27, base1; ex2.approx.ftz.f32 score27, score27;\n" +
        "sub.f32 score28, score28, base0; ex2.approx.ftz.f32 score28, score28; sub.f32 score29, score29, base0; ex2.approx.ftz.f32 score29, score29; sub.f32 score30, score30, base1; ex2.approx.ftz.f32 score30, score30; sub.f32 score31, score31, base1; ex2.approx.ftz.f32 score31, score31;\n" +
        "add.f32 part0, score0, score1; add.f32 part1, score4, score5; add.f32 part2, score8, score9; add.f32 part3, score12, score13; add.f32 part4, score16, score17; add.f32 part5, score20, score21; add.f32 part6, score24, score25; add.f32 part7, score28, score29;\n" +
        "add.f32 part0, part0, part4; add.f32 part1, part1, part5; add.f32 part2, part2, part6; add.f32 part3, part3, part7; add.f32 part0, part0, part2; add.f32 part1, part1, part3; add.f32 more, part0, part1; fma.rn.f32 total0, total0, shrink0, more;\n" +
        "add.f32 part0, score2, score3; add.f32 part1, score6, score7; add.f32 part2, score10, score11; add.f32 part3, score14, score15; add.f32 part4, score18, score19; add.f32 part5, score22, score23; add.f32 part6, score26, score27; add.f32 part7, score30, score31;\n" +
        "add.f32 part0, part0, part4; add.f32 part1, part1, part5; add.f32 part2, part2, part6; add.f32 part3, part3, part7; add.f32 part0, part0, part2; add.f32 part1, part1, part3; add.f32 more, part0, part1; fma.rn.f32 total1, total1, shrink1, more; }";

    /// <summary>Multiplies 32 numbers' sums by what their rows shrink by.</summary>
    public const string ShrinkSums0 =
        "mul.f32 sum0, sum0, shrink0; mul.f32 sum1, sum1, shrink0; mul.f32 sum2, sum2, shrink1; mul.f32 sum3, sum3, shrink1; mul.f32 sum4, sum4, shrink0; mul.f32 sum5, sum5, shrink0; mul.f32 sum6, sum6, shrink1; mul.f32 sum7, sum7, shrink1;\n" +
        "mul.f32 sum8, sum8, shrink0; mul.f32 sum9, sum9, shrink0; mul.f32 sum10, sum10, shrink1; mul.f32 sum11, sum11, shrink1; mul.f32 sum12, sum12, shrink0; mul.f32 sum13, sum13, shrink0; mul.f32 sum14, sum14, shrink1; mul.f32 sum15, sum15, shrink1;";

    /// <inheritdoc cref="ShrinkSums0"/>
    public const string ShrinkSums1 =
        "mul.f32 sum16, sum16, shrink0; mul.f32 sum17, sum17, shrink0; mul.f32 sum18, sum18, shrink1; mul.f32 sum19, sum19, shrink1; mul.f32 sum20, sum20, shrink0; mul.f32 sum21, sum21, shrink0; mul.f32 sum22, sum22, shrink1; mul.f32 sum23, sum23, shrink1;\n" +
        "mul.f32 sum24, sum24, shrink0; mul.f32 sum25, sum25, shrink0; mul.f32 sum26, sum26, shrink1; mul.f32 sum27, sum27, shrink1; mul.f32 sum28, sum28, shrink0; mul.f32 sum29, sum29, shrink0; mul.f32 sum30, sum30, shrink1; mul.f32 sum31, sum31, shrink1;";

    /// <inheritdoc cref="ShrinkSums0"/>
    public const string ShrinkSums2 =
        "mul.f32 sum32, sum32, shrink0; mul.f32 sum33, sum33, shrink0; mul.f32 sum34, sum34, shrink1; mul.f32 sum35, sum35, shrink1; mul.f32 sum36, sum36, shrink0; mul.f32 sum37, sum37, shrink0; mul.f32 sum38, sum38, shrink1; mul.f32 sum39, sum39, shrink1;\n" +
        "mul.f32 sum40, sum40, shrink0; mul.f32 sum41, sum41, shrink0; mul.f32 sum42, sum42, shrink1; mul.f32 sum43, sum43, shrink1; mul.f32 sum44, sum44, shrink0; mul.f32 sum45, sum45, shrink0; mul.f32 sum46, sum46, shrink1; mul.f32 sum47, sum47, shrink1;";

    /// <inheritdoc cref="ShrinkSums0"/>
    public const string ShrinkSums3 =
        "mul.f32 sum48, sum48, shrink0; mul.f32 sum49, sum49, shrink0; mul.f32 sum50, sum50, shrink1; mul.f32 sum51, sum51, shrink1; mul.f32 sum52, sum52, shrink0; mul.f32 sum53, sum53, shrink0; mul.f32 sum54, sum54, shrink1; mul.f32 sum55, sum55, shrink1;\n" +
        "mul.f32 sum56, sum56, shrink0; mul.f32 sum57, sum57, shrink0; mul.f32 sum58, sum58, shrink1; mul.f32 sum59, sum59, shrink1; mul.f32 sum60, sum60, shrink0; mul.f32 sum61, sum61, shrink0; mul.f32 sum62, sum62, shrink1; mul.f32 sum63, sum63, shrink1;";

    /// <summary>The totals of the four threads that have a row.</summary>
    public const string Totals =
        "{ .reg .f32 passed; shfl.sync.bfly.b32 passed, total0, 1, 31, 4294967295; add.f32 total0, total0, passed;\n" +
        "shfl.sync.bfly.b32 passed, total0, 2, 31, 4294967295; add.f32 total0, total0, passed;\n" +
        "shfl.sync.bfly.b32 passed, total1, 1, 31, 4294967295; add.f32 total1, total1, passed;\n" +
        "shfl.sync.bfly.b32 passed, total1, 2, 31, 4294967295; add.f32 total1, total1, passed; }";

    /// <summary>Scores become 2 to the power of <c>factor</c> times them plus their row's <c>low</c>.</summary>
    public const string WeightsOfRows =
        "fma.rn.f32 score0, score0, factor, low0; ex2.approx.ftz.f32 score0, score0; fma.rn.f32 score1, score1, factor, low0; ex2.approx.ftz.f32 score1, score1; fma.rn.f32 score2, score2, factor, low1; ex2.approx.ftz.f32 score2, score2; fma.rn.f32 score3, score3, factor, low1; ex2.approx.ftz.f32 score3, score3;\n" +
        "fma.rn.f32 score4, score4, factor, low0; ex2.approx.ftz.f32 score4, score4; fma.rn.f32 score5, score5, factor, low0; ex2.approx.ftz.f32 score5, score5; fma.rn.f32 score6, score6, factor, low1; ex2.approx.ftz.f32 score6, score6; fma.rn.f32 score7, score7, factor, low1; ex2.approx.ftz.f32 score7, score7;\n" +
        "fma.rn.f32 score8, score8, factor, low0; ex2.approx.ftz.f32 score8, score8; fma.rn.f32 score9, score9, factor, low0; ex2.approx.ftz.f32 score9, score9; fma.rn.f32 score10, score10, factor, low1; ex2.approx.ftz.f32 score10, score10; fma.rn.f32 score11, score11, factor, low1; ex2.approx.ftz.f32 score11, score11;\n" +
        "fma.rn.f32 score12, score12, factor, low0; ex2.approx.ftz.f32 score12, score12; fma.rn.f32 score13, score13, factor, low0; ex2.approx.ftz.f32 score13, score13; fma.rn.f32 score14, score14, factor, low1; ex2.approx.ftz.f32 score14, score14; fma.rn.f32 score15, score15, factor, low1; ex2.approx.ftz.f32 score15, score15;\n" +
        "fma.rn.f32 score16, score16, factor, low0; ex2.approx.ftz.f32 score16, score16; fma.rn.f32 score17, score17, factor, low0; ex2.approx.ftz.f32 score17, score17; fma.rn.f32 score18, score18, factor, low1; ex2.approx.ftz.f32 score18, score18; fma.rn.f32 score19, score19, factor, low1; ex2.approx.ftz.f32 score19, score19;\n" +
        "fma.rn.f32 score20, score20, factor, low0; ex2.approx.ftz.f32 score20, score20; fma.rn.f32 score21, score21, factor, low0; ex2.approx.ftz.f32 score21, score21; fma.rn.f32 score22, score22, factor, low1; ex2.approx.ftz.f32 score22, score22; fma.rn.f32 score23, score23, factor, low1; ex2.approx.ftz.f32 score23, score23;\n" +
        "fma.rn.f32 score24, score24, factor, low0; ex2.approx.ftz.f32 score24, score24; fma.rn.f32 score25, score25, factor, low0; ex2.approx.ftz.f32 score25, score25; fma.rn.f32 score26, score26, factor, low1; ex2.approx.ftz.f32 score26, score26; fma.rn.f32 score27, score27, factor, low1; ex2.approx.ftz.f32 score27, score27;\n" +
        "fma.rn.f32 score28, score28, factor, low0; ex2.approx.ftz.f32 score28, score28; fma.rn.f32 score29, score29, factor, low0; ex2.approx.ftz.f32 score29, score29; fma.rn.f32 score30, score30, factor, low1; ex2.approx.ftz.f32 score30, score30; fma.rn.f32 score31, score31, factor, low1; ex2.approx.ftz.f32 score31, score31;";

    /// <summary>The same with their column's number, which lies where <c>at</c> says.</summary>
    public const string WeightsOfColumns =
        "{ .reg .f32 even, odd;\nld.shared.v2.f32 {even, odd}, [at]; fma.rn.f32 score0, score0, factor, even; ex2.approx.ftz.f32 score0, score0; fma.rn.f32 score1, score1, factor, odd; ex2.approx.ftz.f32 score1, score1; fma.rn.f32 score2, score2, factor, even; ex2.approx.ftz.f32 score2, score2; fma.rn.f32 score3, score3, factor, odd; ex2.approx.ftz.f32 score3, score3;\n" +
        "ld.shared.v2.f32 {even, odd}, [at+32]; fma.rn.f32 score4, score4, factor, even; ex2.approx.ftz.f32 score4, score4; fma.rn.f32 score5, score5, factor, odd; ex2.approx.ftz.f32 score5, score5; fma.rn.f32 score6, score6, factor, even; ex2.approx.ftz.f32 score6, score6; fma.rn.f32 score7, score7, factor, odd; ex2.approx.ftz.f32 score7, score7;\n" +
        "ld.shared.v2.f32 {even, odd}, [at+64]; fma.rn.f32 score8, score8, factor, even; ex2.approx.ftz.f32 score8, score8; fma.rn.f32 score9, score9, factor, odd; ex2.approx.ftz.f32 score9, score9; fma.rn.f32 score10, score10, factor, even; ex2.approx.ftz.f32 score10, score10; fma.rn.f32 score11, score11, factor, odd; ex2.approx.ftz.f32 score11, score11;\n" +
        "ld.shared.v2.f32 {even, odd}, [at+96]; fma.rn.f32 score12, score12, factor, even; ex2.approx.ftz.f32 score12, score12; fma.rn.f32 score13, score13, factor, odd; ex2.approx.ftz.f32 score13, score13; fma.rn.f32 score14, score14, factor, even; ex2.approx.ftz.f32 score14, score14; fma.rn.f32 score15, score15, factor, odd; ex2.approx.ftz.f32 score15, score15;\n" +
        "ld.shared.v2.f32 {even, odd}, [at+128]; fma.rn.f32 score16, score16, factor, even; ex2.approx.ftz.f32 score16, score16; fma.rn.f32 score17, score17, factor, odd; ex2.approx.ftz.f32 score17, score17; fma.rn.f32 score18, score18, factor, even; ex2.approx.ftz.f32 score18, score18; fma.rn.f32 score19, score19, factor, odd; ex2.approx.ftz.f32 score19, score19;\n" +
        "ld.shared.v2.f32 {even, odd}, [at+160]; fma.rn.f32 score20, score20, factor, even; ex2.approx.ftz.f32 score20, score20; fma.rn.f32 score21, score21, factor, odd; ex2.approx.ftz.f32 score21, score21; fma.rn.f32 score22, score22, factor, even; ex2.approx.ftz.f32 score22, score22; fma.rn.f32 score23, score23, factor, odd; ex2.approx.ftz.f32 score23, score23;\n" +
        "ld.shared.v2.f32 {even, odd}, [at+192]; fma.rn.f32 score24, score24, factor, even; ex2.approx.ftz.f32 score24, score24; fma.rn.f32 score25, score25, factor, odd; ex2.approx.ftz.f32 score25, score25; fma.rn.f32 score26, score26, factor, even; ex2.approx.ftz.f32 score26, score26; fma.rn.f32 score27, score27, factor, odd; ex2.approx.ftz.f32 score27, score27;\n" +
        "ld.shared.v2.f32 {even, odd}, [at+224]; fma.rn.f32 score28, score28, factor, even; ex2.approx.ftz.f32 score28, score28; fma.rn.f32 score29, score29, factor, odd; ex2.approx.ftz.f32 score29, score29; fma.rn.f32 score30, score30, factor, even; ex2.approx.ftz.f32 score30, score30; fma.rn.f32 score31, score31, factor, odd; ex2.approx.ftz.f32 score31, score31; }";

    /// <summary>Products become what they exceed their row's <c>delta</c> by, times the weight.</summary>
    public const string GradientsOfRows =
        "sub.f32 product0, product0, delta0; mul.f32 product0, product0, score0; sub.f32 product1, product1, delta0; mul.f32 product1, product1, score1; sub.f32 product2, product2, delta1; mul.f32 product2, product2, score2; sub.f32 product3, product3, delta1; mul.f32 product3, product3, score3;\n" +
        "sub.f32 product4, product4, delta0; mul.f32 product4, product4, score4; sub.f32 product5, product5, delta0; mul.f32 product5, product5, score5; sub.f32 product6, product6, delta1; mul.f32 product6, product6, score6; sub.f32 product7, product7, delta1; mul.f32 product7, product7, score7;\n" +
        "sub.f32 product8, product8, delta0; mul.f32 product8, product8, score8; sub.f32 product9, product9, delta0; mul.f32 product9, product9, score9; sub.f32 product10, product10, delta1; mul.f32 product10, product10, score10; sub.f32 product11, product11, delta1; mul.f32 product11, product11, score11;\n" +
        "sub.f32 product12, product12, delta0; mul.f32 product12, product12, score12; sub.f32 product13, product13, delta0; mul.f32 product13, product13, score13; sub.f32 product14, product14, delta1; mul.f32 product14, product14, score14; sub.f32 product15, product15, delta1; mul.f32 product15, product15, score15;\n" +
        "sub.f32 product16, product16, delta0; mul.f32 product16, product16, score16; sub.f32 product17, product17, delta0; mul.f32 product17, product17, score17; sub.f32 product18, product18, delta1; mul.f32 product18, product18, score18; sub.f32 product19, product19, delta1; mul.f32 product19, product19, score19;\n" +
        "sub.f32 product20, product20, delta0; mul.f32 product20, product20, score20; sub.f32 product21, product21, delta0; mul.f32 product21, product21, score21; sub.f32 product22, product22, delta1; mul.f32 product22, product22, score22; sub.f32 product23, product23, delta1; mul.f32 product23, product23, score23;\n" +
        "sub.f32 product24, product24, delta0; mul.f32 product24, product24, score24; sub.f32 product25, product25, delta0; mul.f32 product25, product25, score25; sub.f32 product26, product26, delta1; mul.f32 product26, product26, score26; sub.f32 product27, product27, delta1; mul.f32 product27, product27, score27;\n" +
        "sub.f32 product28, product28, delta0; mul.f32 product28, product28, score28; sub.f32 product29, product29, delta0; mul.f32 product29, product29, score29; sub.f32 product30, product30, delta1; mul.f32 product30, product30, score30; sub.f32 product31, product31, delta1; mul.f32 product31, product31, score31;";

    /// <summary>The same with their column's number, which lies where <c>at</c> says.</summary>
    public const string GradientsOfColumns =
        "{ .reg .f32 even, odd;\nld.shared.v2.f32 {even, odd}, [at]; sub.f32 product0, product0, even; mul.f32 product0, product0, score0; sub.f32 product1, product1, odd; mul.f32 product1, product1, score1; sub.f32 product2, product2, even; mul.f32 product2, product2, score2; sub.f32 product3, product3, odd; mul.f32 product3, product3, score3;\n" +
        "ld.shared.v2.f32 {even, odd}, [at+32]; sub.f32 product4, product4, even; mul.f32 product4, product4, score4; sub.f32 product5, product5, odd; mul.f32 product5, product5, score5; sub.f32 product6, product6, even; mul.f32 product6, product6, score6; sub.f32 product7, product7, odd; mul.f32 product7, product7, score7;\n" +
        "ld.shared.v2.f32 {even, odd}, [at+64]; sub.f32 product8, product8, even; mul.f32 product8, product8, score8; sub.f32 product9, product9, odd; mul.f32 product9, product9, score9; sub.f32 product10, product10, even; mul.f32 product10, product10, score10; sub.f32 product11, product11, odd; mul.f32 product11, product11, score11;\n" +
        "ld.shared.v2.f32 {even, odd}, [at+96]; sub.f32 product12, product12, even; mul.f32 product12, product12, score12; sub.f32 product13, product13, odd; mul.f32 product13, product13, score13; sub.f32 product14, product14, even; mul.f32 product14, product14, score14; sub.f32 product15, product15, odd; mul.f32 product15, product15, score15;\n" +
        "ld.shared.v2.f32 {even, odd}, [at+128]; sub.f32 product16, product16, even; mul.f32 product16, product16, score16; sub.f32 product17, product17, odd; mul.f32 product17, product17, score17; sub.f32 product18, product18, even; mul.f32 product18, product18, score18; sub.f32 product19, product19, odd; mul.f32 product19, product19, score19;\n" +
        "ld.shared.v2.f32 {even, odd}, [at+160]; sub.f32 product20, product20, even; mul.f32 product20, product20, score20; sub.f32 product21, product21, odd; mul.f32 product21, product21, score21; sub.f32 product22, product22, even; mul.f32 product22, product22, score22; sub.f32 product23, product23, odd; mul.f32 product23, product23, score23;\n" +
        "ld.shared.v2.f32 {even, odd}, [at+192]; sub.f32 product24, product24, even; mul.f32 product24, product24, score24; sub.f32 product25, product25, odd; mul.f32 product25, product25, score25; sub.f32 product26, product26, even; mul.f32 product26, product26, score26; sub.f32 product27, product27, odd; mul.f32 product27, product27, score27;\n" +
        "ld.shared.v2.f32 {even, odd}, [at+224]; sub.f32 product28, product28, even; mul.f32 product28, product28, score28; sub.f32 product29, product29, odd; mul.f32 product29, product29, score29; sub.f32 product30, product30, even; mul.f32 product30, product30, score30; sub.f32 product31, product31, odd; mul.f32 product31, product31, score31; }";
}
