namespace GraphCompiler.Kernels.Ilgpu;

// The registers of a thread in an attention on tensor cores, and what is done with each of them. A warp has 16 rows of a tile of
// 64 columns; with g = lane / 4 and t = lane % 4 a thread has
//
//   score{4j + 0..3}, product{…}   rows g (first two) and g + 8, columns 8j + 2t and 8j + 2t + 1, of two products of rows and columns
//   sum{4n + 0..3}, other{…}       rows g and g + 8, numbers 8n + 2t and 8n + 2t + 1 of a head, of two sums of columns' numbers
//   first{4c + 0..3}, second{…}    the rows themselves, two matrices of them: fragments of A, 32 bytes of a head each
//   left{0..3}, right{0..15}       what the next instructions multiply: a fragment of A, and of B up to eight
//
// Bits that say something of a thread's 32 pairs: bit 2j + c is row g and column 8j + 2t + c, bit 16 + 2j + c the same of row g + 8.

/// <summary>PTX of the registers that an attention on tensor cores has in each thread.</summary>
static class TensorAttentionRegisters
{
    /// <summary>Declares them; <c>tiles</c> is where shared memory begins, <c>from</c> where a block of a tensor does.</summary>
    public const string Declare =
        ".reg .f32 score<32>, product<32>, sum<64>, other<64>, largest<2>, total<2>, shrink<2>, low<2>, delta<2>, factor, fill;\n" +
        ".reg .b32 first<32>, second<32>, left<4>, right<16>, tiles, rightAt, at, further, upperAt, lowerAt, bits; .reg .b64 from;";

    const string Left = "{left0, left1, left2, left3}";

    /// <summary>Keeps a fragment of rows.</summary>
    public const string KeepFirst0 = "mov.b32 first0, left0; mov.b32 first1, left1; mov.b32 first2, left2; mov.b32 first3, left3;";

    /// <inheritdoc cref="KeepFirst0"/>
    public const string KeepFirst1 = "mov.b32 first4, left0; mov.b32 first5, left1; mov.b32 first6, left2; mov.b32 first7, left3;";

    /// <inheritdoc cref="KeepFirst0"/>
    public const string KeepFirst2 = "mov.b32 first8, left0; mov.b32 first9, left1; mov.b32 first10, left2; mov.b32 first11, left3;";

    /// <inheritdoc cref="KeepFirst0"/>
    public const string KeepFirst3 = "mov.b32 first12, left0; mov.b32 first13, left1; mov.b32 first14, left2; mov.b32 first15, left3;";

    /// <inheritdoc cref="KeepFirst0"/>
    public const string KeepFirst4 = "mov.b32 first16, left0; mov.b32 first17, left1; mov.b32 first18, left2; mov.b32 first19, left3;";

    /// <inheritdoc cref="KeepFirst0"/>
    public const string KeepFirst5 = "mov.b32 first20, left0; mov.b32 first21, left1; mov.b32 first22, left2; mov.b32 first23, left3;";

    /// <inheritdoc cref="KeepFirst0"/>
    public const string KeepFirst6 = "mov.b32 first24, left0; mov.b32 first25, left1; mov.b32 first26, left2; mov.b32 first27, left3;";

    /// <inheritdoc cref="KeepFirst0"/>
    public const string KeepFirst7 = "mov.b32 first28, left0; mov.b32 first29, left1; mov.b32 first30, left2; mov.b32 first31, left3;";

    /// <inheritdoc cref="KeepFirst0"/>
    public const string KeepSecond0 = "mov.b32 second0, left0; mov.b32 second1, left1; mov.b32 second2, left2; mov.b32 second3, left3;";

    /// <inheritdoc cref="KeepFirst0"/>
    public const string KeepSecond1 = "mov.b32 second4, left0; mov.b32 second5, left1; mov.b32 second6, left2; mov.b32 second7, left3;";

    /// <inheritdoc cref="KeepFirst0"/>
    public const string KeepSecond2 = "mov.b32 second8, left0; mov.b32 second9, left1; mov.b32 second10, left2; mov.b32 second11, left3;";

    /// <inheritdoc cref="KeepFirst0"/>
    public const string KeepSecond3 = "mov.b32 second12, left0; mov.b32 second13, left1; mov.b32 second14, left2; mov.b32 second15, left3;";

    /// <inheritdoc cref="KeepFirst0"/>
    public const string KeepSecond4 = "mov.b32 second16, left0; mov.b32 second17, left1; mov.b32 second18, left2; mov.b32 second19, left3;";

    /// <inheritdoc cref="KeepFirst0"/>
    public const string KeepSecond5 = "mov.b32 second20, left0; mov.b32 second21, left1; mov.b32 second22, left2; mov.b32 second23, left3;";

    /// <inheritdoc cref="KeepFirst0"/>
    public const string KeepSecond6 = "mov.b32 second24, left0; mov.b32 second25, left1; mov.b32 second26, left2; mov.b32 second27, left3;";

    /// <inheritdoc cref="KeepFirst0"/>
    public const string KeepSecond7 = "mov.b32 second28, left0; mov.b32 second29, left1; mov.b32 second30, left2; mov.b32 second31, left3;";

    /// <summary>The fragment is multiplied next, and <c>at</c> is where the columns' bytes of the same depth lie, among swizzled bits.</summary>
    public const string UseFirst0 = "mov.b32 left0, first0; mov.b32 left1, first1; mov.b32 left2, first2; mov.b32 left3, first3; mov.b32 at, rightAt;";

    /// <inheritdoc cref="UseFirst0"/>
    public const string UseFirst1 = "mov.b32 left0, first4; mov.b32 left1, first5; mov.b32 left2, first6; mov.b32 left3, first7; xor.b32 at, rightAt, 32;";

    /// <inheritdoc cref="UseFirst0"/>
    public const string UseFirst2 = "mov.b32 left0, first8; mov.b32 left1, first9; mov.b32 left2, first10; mov.b32 left3, first11; xor.b32 at, rightAt, 64;";

    /// <inheritdoc cref="UseFirst0"/>
    public const string UseFirst3 = "mov.b32 left0, first12; mov.b32 left1, first13; mov.b32 left2, first14; mov.b32 left3, first15; xor.b32 at, rightAt, 96;";

    /// <inheritdoc cref="UseFirst0"/>
    public const string UseFirst4 = "mov.b32 left0, first16; mov.b32 left1, first17; mov.b32 left2, first18; mov.b32 left3, first19; xor.b32 at, rightAt, 128;";

    /// <inheritdoc cref="UseFirst0"/>
    public const string UseFirst5 = "mov.b32 left0, first20; mov.b32 left1, first21; mov.b32 left2, first22; mov.b32 left3, first23; xor.b32 at, rightAt, 160;";

    /// <inheritdoc cref="UseFirst0"/>
    public const string UseFirst6 = "mov.b32 left0, first24; mov.b32 left1, first25; mov.b32 left2, first26; mov.b32 left3, first27; xor.b32 at, rightAt, 192;";

    /// <inheritdoc cref="UseFirst0"/>
    public const string UseFirst7 = "mov.b32 left0, first28; mov.b32 left1, first29; mov.b32 left2, first30; mov.b32 left3, first31; xor.b32 at, rightAt, 224;";

    /// <inheritdoc cref="UseFirst0"/>
    public const string UseSecond0 = "mov.b32 left0, second0; mov.b32 left1, second1; mov.b32 left2, second2; mov.b32 left3, second3; mov.b32 at, rightAt;";

    /// <inheritdoc cref="UseFirst0"/>
    public const string UseSecond1 = "mov.b32 left0, second4; mov.b32 left1, second5; mov.b32 left2, second6; mov.b32 left3, second7; xor.b32 at, rightAt, 32;";

    /// <inheritdoc cref="UseFirst0"/>
    public const string UseSecond2 = "mov.b32 left0, second8; mov.b32 left1, second9; mov.b32 left2, second10; mov.b32 left3, second11; xor.b32 at, rightAt, 64;";

    /// <inheritdoc cref="UseFirst0"/>
    public const string UseSecond3 = "mov.b32 left0, second12; mov.b32 left1, second13; mov.b32 left2, second14; mov.b32 left3, second15; xor.b32 at, rightAt, 96;";

    /// <inheritdoc cref="UseFirst0"/>
    public const string UseSecond4 = "mov.b32 left0, second16; mov.b32 left1, second17; mov.b32 left2, second18; mov.b32 left3, second19; xor.b32 at, rightAt, 128;";

    /// <inheritdoc cref="UseFirst0"/>
    public const string UseSecond5 = "mov.b32 left0, second20; mov.b32 left1, second21; mov.b32 left2, second22; mov.b32 left3, second23; xor.b32 at, rightAt, 160;";

    /// <inheritdoc cref="UseFirst0"/>
    public const string UseSecond6 = "mov.b32 left0, second24; mov.b32 left1, second25; mov.b32 left2, second26; mov.b32 left3, second27; xor.b32 at, rightAt, 192;";

    /// <inheritdoc cref="UseFirst0"/>
    public const string UseSecond7 = "mov.b32 left0, second28; mov.b32 left1, second29; mov.b32 left2, second30; mov.b32 left3, second31; xor.b32 at, rightAt, 224;";

    /// <summary>A fragment of rows.</summary>
    public const string LoadLeft = "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {left0, left1, left2, left3}, [at];";

    /// <summary>Fragments of 64 columns, 32 bytes of each, where <c>at</c> says; 16 columns further are 4096 bytes.</summary>
    public const string LoadColumns =
        "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {right0, right1, right2, right3}, [at]; ldmatrix.sync.aligned.m8n8.x4.shared.b16 {right4, right5, right6, right7}, [at+4096];\n" +
        "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {right8, right9, right10, right11}, [at+8192]; ldmatrix.sync.aligned.m8n8.x4.shared.b16 {right12, right13, right14, right15}, [at+12288];";

    /// <summary>Fragments of 32 numbers, of 16 bits, of 16 columns that are summed up.</summary>
    public const string LoadNumbers0 =
        "mov.b32 at, rightAt; ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {right0, right1, right2, right3}, [at];\n" +
        "xor.b32 at, at, 32; ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {right4, right5, right6, right7}, [at];";

    /// <inheritdoc cref="LoadNumbers0"/>
    public const string LoadNumbers1 =
        "xor.b32 at, rightAt, 64; ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {right0, right1, right2, right3}, [at];\n" +
        "xor.b32 at, at, 32; ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {right4, right5, right6, right7}, [at];";

    /// <inheritdoc cref="LoadNumbers0"/>
    public const string LoadNumbers2 =
        "xor.b32 at, rightAt, 128; ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {right0, right1, right2, right3}, [at];\n" +
        "xor.b32 at, at, 32; ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {right4, right5, right6, right7}, [at];";

    /// <inheritdoc cref="LoadNumbers0"/>
    public const string LoadNumbers3 =
        "xor.b32 at, rightAt, 192; ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {right0, right1, right2, right3}, [at];\n" +
        "xor.b32 at, at, 32; ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {right4, right5, right6, right7}, [at];";

    /// <summary>The same of 32 bits, and of 8 columns: the second column of each pair lies at an address of its own.</summary>
    public const string LoadSingles0 =
        "xor.b32 at, rightAt, 0; ld.shared.b32 right0, [at]; xor.b32 at, further, 0; ld.shared.b32 right1, [at];\n" +
        "xor.b32 at, rightAt, 32; ld.shared.b32 right2, [at]; xor.b32 at, further, 32; ld.shared.b32 right3, [at];\n" +
        "xor.b32 at, rightAt, 64; ld.shared.b32 right4, [at]; xor.b32 at, further, 64; ld.shared.b32 right5, [at];\n" +
        "xor.b32 at, rightAt, 96; ld.shared.b32 right6, [at]; xor.b32 at, further, 96; ld.shared.b32 right7, [at];";

    /// <inheritdoc cref="LoadSingles0"/>
    public const string LoadSingles1 =
        "xor.b32 at, rightAt, 128; ld.shared.b32 right0, [at]; xor.b32 at, further, 128; ld.shared.b32 right1, [at];\n" +
        "xor.b32 at, rightAt, 160; ld.shared.b32 right2, [at]; xor.b32 at, further, 160; ld.shared.b32 right3, [at];\n" +
        "xor.b32 at, rightAt, 192; ld.shared.b32 right4, [at]; xor.b32 at, further, 192; ld.shared.b32 right5, [at];\n" +
        "xor.b32 at, rightAt, 224; ld.shared.b32 right6, [at]; xor.b32 at, further, 224; ld.shared.b32 right7, [at];";

    /// <summary>Rounds fragments of 32 bits to TF32: to nearest, ties away from zero.</summary>
    public const string RoundLeft = "cvt.rna.tf32.f32 left0, left0; cvt.rna.tf32.f32 left1, left1; cvt.rna.tf32.f32 left2, left2; cvt.rna.tf32.f32 left3, left3;";

    /// <inheritdoc cref="RoundLeft"/>
    public const string RoundColumns =
        "cvt.rna.tf32.f32 right0, right0; cvt.rna.tf32.f32 right1, right1; cvt.rna.tf32.f32 right2, right2; cvt.rna.tf32.f32 right3, right3;\n" +
        "cvt.rna.tf32.f32 right4, right4; cvt.rna.tf32.f32 right5, right5; cvt.rna.tf32.f32 right6, right6; cvt.rna.tf32.f32 right7, right7;\n" +
        "cvt.rna.tf32.f32 right8, right8; cvt.rna.tf32.f32 right9, right9; cvt.rna.tf32.f32 right10, right10; cvt.rna.tf32.f32 right11, right11;\n" +
        "cvt.rna.tf32.f32 right12, right12; cvt.rna.tf32.f32 right13, right13; cvt.rna.tf32.f32 right14, right14; cvt.rna.tf32.f32 right15, right15;";

    /// <inheritdoc cref="RoundLeft"/>
    public const string RoundNumbers =
        "cvt.rna.tf32.f32 right0, right0; cvt.rna.tf32.f32 right1, right1; cvt.rna.tf32.f32 right2, right2; cvt.rna.tf32.f32 right3, right3;\n" +
        "cvt.rna.tf32.f32 right4, right4; cvt.rna.tf32.f32 right5, right5; cvt.rna.tf32.f32 right6, right6; cvt.rna.tf32.f32 right7, right7;";

    // What each multiplication takes after its name: its sums, the fragments, and its sums again.
    public const string Score0 = $"{{score0, score1, score2, score3}}, {Left}, {{right0, right1}}, {{score0, score1, score2, score3}};\n";
    public const string Score1 = $"{{score4, score5, score6, score7}}, {Left}, {{right2, right3}}, {{score4, score5, score6, score7}};\n";
    public const string Score2 = $"{{score8, score9, score10, score11}}, {Left}, {{right4, right5}}, {{score8, score9, score10, score11}};\n";
    public const string Score3 = $"{{score12, score13, score14, score15}}, {Left}, {{right6, right7}}, {{score12, score13, score14, score15}};\n";
    public const string Score4 = $"{{score16, score17, score18, score19}}, {Left}, {{right8, right9}}, {{score16, score17, score18, score19}};\n";
    public const string Score5 = $"{{score20, score21, score22, score23}}, {Left}, {{right10, right11}}, {{score20, score21, score22, score23}};\n";
    public const string Score6 = $"{{score24, score25, score26, score27}}, {Left}, {{right12, right13}}, {{score24, score25, score26, score27}};\n";
    public const string Score7 = $"{{score28, score29, score30, score31}}, {Left}, {{right14, right15}}, {{score28, score29, score30, score31}};\n";
    public const string Product0 = $"{{product0, product1, product2, product3}}, {Left}, {{right0, right1}}, {{product0, product1, product2, product3}};\n";
    public const string Product1 = $"{{product4, product5, product6, product7}}, {Left}, {{right2, right3}}, {{product4, product5, product6, product7}};\n";
    public const string Product2 = $"{{product8, product9, product10, product11}}, {Left}, {{right4, right5}}, {{product8, product9, product10, product11}};\n";
    public const string Product3 = $"{{product12, product13, product14, product15}}, {Left}, {{right6, right7}}, {{product12, product13, product14, product15}};\n";
    public const string Product4 = $"{{product16, product17, product18, product19}}, {Left}, {{right8, right9}}, {{product16, product17, product18, product19}};\n";
    public const string Product5 = $"{{product20, product21, product22, product23}}, {Left}, {{right10, right11}}, {{product20, product21, product22, product23}};\n";
    public const string Product6 = $"{{product24, product25, product26, product27}}, {Left}, {{right12, right13}}, {{product24, product25, product26, product27}};\n";
    public const string Product7 = $"{{product28, product29, product30, product31}}, {Left}, {{right14, right15}}, {{product28, product29, product30, product31}};\n";
    public const string Sum0 = $"{{sum0, sum1, sum2, sum3}}, {Left}, {{right0, right1}}, {{sum0, sum1, sum2, sum3}};\n";
    public const string Sum1 = $"{{sum4, sum5, sum6, sum7}}, {Left}, {{right2, right3}}, {{sum4, sum5, sum6, sum7}};\n";
    public const string Sum2 = $"{{sum8, sum9, sum10, sum11}}, {Left}, {{right4, right5}}, {{sum8, sum9, sum10, sum11}};\n";
    public const string Sum3 = $"{{sum12, sum13, sum14, sum15}}, {Left}, {{right6, right7}}, {{sum12, sum13, sum14, sum15}};\n";
    public const string Sum4 = $"{{sum16, sum17, sum18, sum19}}, {Left}, {{right0, right1}}, {{sum16, sum17, sum18, sum19}};\n";
    public const string Sum5 = $"{{sum20, sum21, sum22, sum23}}, {Left}, {{right2, right3}}, {{sum20, sum21, sum22, sum23}};\n";
    public const string Sum6 = $"{{sum24, sum25, sum26, sum27}}, {Left}, {{right4, right5}}, {{sum24, sum25, sum26, sum27}};\n";
    public const string Sum7 = $"{{sum28, sum29, sum30, sum31}}, {Left}, {{right6, right7}}, {{sum28, sum29, sum30, sum31}};\n";
    public const string Sum8 = $"{{sum32, sum33, sum34, sum35}}, {Left}, {{right0, right1}}, {{sum32, sum33, sum34, sum35}};\n";
    public const string Sum9 = $"{{sum36, sum37, sum38, sum39}}, {Left}, {{right2, right3}}, {{sum36, sum37, sum38, sum39}};\n";
    public const string Sum10 = $"{{sum40, sum41, sum42, sum43}}, {Left}, {{right4, right5}}, {{sum40, sum41, sum42, sum43}};\n";
    public const string Sum11 = $"{{sum44, sum45, sum46, sum47}}, {Left}, {{right6, right7}}, {{sum44, sum45, sum46, sum47}};\n";
    public const string Sum12 = $"{{sum48, sum49, sum50, sum51}}, {Left}, {{right0, right1}}, {{sum48, sum49, sum50, sum51}};\n";
    public const string Sum13 = $"{{sum52, sum53, sum54, sum55}}, {Left}, {{right2, right3}}, {{sum52, sum53, sum54, sum55}};\n";
    public const string Sum14 = $"{{sum56, sum57, sum58, sum59}}, {Left}, {{right4, right5}}, {{sum56, sum57, sum58, sum59}};\n";
    public const string Sum15 = $"{{sum60, sum61, sum62, sum63}}, {Left}, {{right6, right7}}, {{sum60, sum61, sum62, sum63}};\n";
    public const string Other0 = $"{{other0, other1, other2, other3}}, {Left}, {{right0, right1}}, {{other0, other1, other2, other3}};\n";
    public const string Other1 = $"{{other4, other5, other6, other7}}, {Left}, {{right2, right3}}, {{other4, other5, other6, other7}};\n";
    public const string Other2 = $"{{other8, other9, other10, other11}}, {Left}, {{right4, right5}}, {{other8, other9, other10, other11}};\n";
    public const string Other3 = $"{{other12, other13, other14, other15}}, {Left}, {{right6, right7}}, {{other12, other13, other14, other15}};\n";
    public const string Other4 = $"{{other16, other17, other18, other19}}, {Left}, {{right0, right1}}, {{other16, other17, other18, other19}};\n";
    public const string Other5 = $"{{other20, other21, other22, other23}}, {Left}, {{right2, right3}}, {{other20, other21, other22, other23}};\n";
    public const string Other6 = $"{{other24, other25, other26, other27}}, {Left}, {{right4, right5}}, {{other24, other25, other26, other27}};\n";
    public const string Other7 = $"{{other28, other29, other30, other31}}, {Left}, {{right6, right7}}, {{other28, other29, other30, other31}};\n";
    public const string Other8 = $"{{other32, other33, other34, other35}}, {Left}, {{right0, right1}}, {{other32, other33, other34, other35}};\n";
    public const string Other9 = $"{{other36, other37, other38, other39}}, {Left}, {{right2, right3}}, {{other36, other37, other38, other39}};\n";
    public const string Other10 = $"{{other40, other41, other42, other43}}, {Left}, {{right4, right5}}, {{other40, other41, other42, other43}};\n";
    public const string Other11 = $"{{other44, other45, other46, other47}}, {Left}, {{right6, right7}}, {{other44, other45, other46, other47}};\n";
    public const string Other12 = $"{{other48, other49, other50, other51}}, {Left}, {{right0, right1}}, {{other48, other49, other50, other51}};\n";
    public const string Other13 = $"{{other52, other53, other54, other55}}, {Left}, {{right2, right3}}, {{other52, other53, other54, other55}};\n";
    public const string Other14 = $"{{other56, other57, other58, other59}}, {Left}, {{right4, right5}}, {{other56, other57, other58, other59}};\n";
    public const string Other15 = $"{{other60, other61, other62, other63}}, {Left}, {{right6, right7}}, {{other60, other61, other62, other63}};\n";

    /// <summary>All scores become zero.</summary>
    public const string ClearScores =
        "mov.f32 score0, 0f00000000; mov.f32 score1, 0f00000000; mov.f32 score2, 0f00000000; mov.f32 score3, 0f00000000; mov.f32 score4, 0f00000000; mov.f32 score5, 0f00000000; mov.f32 score6, 0f00000000; mov.f32 score7, 0f00000000;\n" +
        "mov.f32 score8, 0f00000000; mov.f32 score9, 0f00000000; mov.f32 score10, 0f00000000; mov.f32 score11, 0f00000000; mov.f32 score12, 0f00000000; mov.f32 score13, 0f00000000; mov.f32 score14, 0f00000000; mov.f32 score15, 0f00000000;\n" +
        "mov.f32 score16, 0f00000000; mov.f32 score17, 0f00000000; mov.f32 score18, 0f00000000; mov.f32 score19, 0f00000000; mov.f32 score20, 0f00000000; mov.f32 score21, 0f00000000; mov.f32 score22, 0f00000000; mov.f32 score23, 0f00000000;\n" +
        "mov.f32 score24, 0f00000000; mov.f32 score25, 0f00000000; mov.f32 score26, 0f00000000; mov.f32 score27, 0f00000000; mov.f32 score28, 0f00000000; mov.f32 score29, 0f00000000; mov.f32 score30, 0f00000000; mov.f32 score31, 0f00000000;";

    /// <summary>All products become zero.</summary>
    public const string ClearProducts =
        "mov.f32 product0, 0f00000000; mov.f32 product1, 0f00000000; mov.f32 product2, 0f00000000; mov.f32 product3, 0f00000000; mov.f32 product4, 0f00000000; mov.f32 product5, 0f00000000; mov.f32 product6, 0f00000000; mov.f32 product7, 0f00000000;\n" +
        "mov.f32 product8, 0f00000000; mov.f32 product9, 0f00000000; mov.f32 product10, 0f00000000; mov.f32 product11, 0f00000000; mov.f32 product12, 0f00000000; mov.f32 product13, 0f00000000; mov.f32 product14, 0f00000000; mov.f32 product15, 0f00000000;\n" +
        "mov.f32 product16, 0f00000000; mov.f32 product17, 0f00000000; mov.f32 product18, 0f00000000; mov.f32 product19, 0f00000000; mov.f32 product20, 0f00000000; mov.f32 product21, 0f00000000; mov.f32 product22, 0f00000000; mov.f32 product23, 0f00000000;\n" +
        "mov.f32 product24, 0f00000000; mov.f32 product25, 0f00000000; mov.f32 product26, 0f00000000; mov.f32 product27, 0f00000000; mov.f32 product28, 0f00000000; mov.f32 product29, 0f00000000; mov.f32 product30, 0f00000000; mov.f32 product31, 0f00000000;";

    /// <summary>All sums become zero.</summary>
    public const string ClearSums =
        "mov.f32 sum0, 0f00000000; mov.f32 sum1, 0f00000000; mov.f32 sum2, 0f00000000; mov.f32 sum3, 0f00000000; mov.f32 sum4, 0f00000000; mov.f32 sum5, 0f00000000; mov.f32 sum6, 0f00000000; mov.f32 sum7, 0f00000000;\n" +
        "mov.f32 sum8, 0f00000000; mov.f32 sum9, 0f00000000; mov.f32 sum10, 0f00000000; mov.f32 sum11, 0f00000000; mov.f32 sum12, 0f00000000; mov.f32 sum13, 0f00000000; mov.f32 sum14, 0f00000000; mov.f32 sum15, 0f00000000;\n" +
        "mov.f32 sum16, 0f00000000; mov.f32 sum17, 0f00000000; mov.f32 sum18, 0f00000000; mov.f32 sum19, 0f00000000; mov.f32 sum20, 0f00000000; mov.f32 sum21, 0f00000000; mov.f32 sum22, 0f00000000; mov.f32 sum23, 0f00000000;\n" +
        "mov.f32 sum24, 0f00000000; mov.f32 sum25, 0f00000000; mov.f32 sum26, 0f00000000; mov.f32 sum27, 0f00000000; mov.f32 sum28, 0f00000000; mov.f32 sum29, 0f00000000; mov.f32 sum30, 0f00000000; mov.f32 sum31, 0f00000000;\n" +
        "mov.f32 sum32, 0f00000000; mov.f32 sum33, 0f00000000; mov.f32 sum34, 0f00000000; mov.f32 sum35, 0f00000000; mov.f32 sum36, 0f00000000; mov.f32 sum37, 0f00000000; mov.f32 sum38, 0f00000000; mov.f32 sum39, 0f00000000;\n" +
        "mov.f32 sum40, 0f00000000; mov.f32 sum41, 0f00000000; mov.f32 sum42, 0f00000000; mov.f32 sum43, 0f00000000; mov.f32 sum44, 0f00000000; mov.f32 sum45, 0f00000000; mov.f32 sum46, 0f00000000; mov.f32 sum47, 0f00000000;\n" +
        "mov.f32 sum48, 0f00000000; mov.f32 sum49, 0f00000000; mov.f32 sum50, 0f00000000; mov.f32 sum51, 0f00000000; mov.f32 sum52, 0f00000000; mov.f32 sum53, 0f00000000; mov.f32 sum54, 0f00000000; mov.f32 sum55, 0f00000000;\n" +
        "mov.f32 sum56, 0f00000000; mov.f32 sum57, 0f00000000; mov.f32 sum58, 0f00000000; mov.f32 sum59, 0f00000000; mov.f32 sum60, 0f00000000; mov.f32 sum61, 0f00000000; mov.f32 sum62, 0f00000000; mov.f32 sum63, 0f00000000;";

    /// <summary>All other sums become zero.</summary>
    public const string ClearOthers =
        "mov.f32 other0, 0f00000000; mov.f32 other1, 0f00000000; mov.f32 other2, 0f00000000; mov.f32 other3, 0f00000000; mov.f32 other4, 0f00000000; mov.f32 other5, 0f00000000; mov.f32 other6, 0f00000000; mov.f32 other7, 0f00000000;\n" +
        "mov.f32 other8, 0f00000000; mov.f32 other9, 0f00000000; mov.f32 other10, 0f00000000; mov.f32 other11, 0f00000000; mov.f32 other12, 0f00000000; mov.f32 other13, 0f00000000; mov.f32 other14, 0f00000000; mov.f32 other15, 0f00000000;\n" +
        "mov.f32 other16, 0f00000000; mov.f32 other17, 0f00000000; mov.f32 other18, 0f00000000; mov.f32 other19, 0f00000000; mov.f32 other20, 0f00000000; mov.f32 other21, 0f00000000; mov.f32 other22, 0f00000000; mov.f32 other23, 0f00000000;\n" +
        "mov.f32 other24, 0f00000000; mov.f32 other25, 0f00000000; mov.f32 other26, 0f00000000; mov.f32 other27, 0f00000000; mov.f32 other28, 0f00000000; mov.f32 other29, 0f00000000; mov.f32 other30, 0f00000000; mov.f32 other31, 0f00000000;\n" +
        "mov.f32 other32, 0f00000000; mov.f32 other33, 0f00000000; mov.f32 other34, 0f00000000; mov.f32 other35, 0f00000000; mov.f32 other36, 0f00000000; mov.f32 other37, 0f00000000; mov.f32 other38, 0f00000000; mov.f32 other39, 0f00000000;\n" +
        "mov.f32 other40, 0f00000000; mov.f32 other41, 0f00000000; mov.f32 other42, 0f00000000; mov.f32 other43, 0f00000000; mov.f32 other44, 0f00000000; mov.f32 other45, 0f00000000; mov.f32 other46, 0f00000000; mov.f32 other47, 0f00000000;\n" +
        "mov.f32 other48, 0f00000000; mov.f32 other49, 0f00000000; mov.f32 other50, 0f00000000; mov.f32 other51, 0f00000000; mov.f32 other52, 0f00000000; mov.f32 other53, 0f00000000; mov.f32 other54, 0f00000000; mov.f32 other55, 0f00000000;\n" +
        "mov.f32 other56, 0f00000000; mov.f32 other57, 0f00000000; mov.f32 other58, 0f00000000; mov.f32 other59, 0f00000000; mov.f32 other60, 0f00000000; mov.f32 other61, 0f00000000; mov.f32 other62, 0f00000000; mov.f32 other63, 0f00000000;";

    /// <summary>Stores the sums of 64 numbers of a head, of row g where <c>upperAt</c> says and of row g + 8 where <c>lowerAt</c> does.</summary>
    public const string StoreSums0 =
        "st.shared.v2.f32 [upperAt], {sum0, sum1}; st.shared.v2.f32 [lowerAt], {sum2, sum3}; st.shared.v2.f32 [upperAt+32], {sum4, sum5}; st.shared.v2.f32 [lowerAt+32], {sum6, sum7};\n" +
        "st.shared.v2.f32 [upperAt+64], {sum8, sum9}; st.shared.v2.f32 [lowerAt+64], {sum10, sum11}; st.shared.v2.f32 [upperAt+96], {sum12, sum13}; st.shared.v2.f32 [lowerAt+96], {sum14, sum15};\n" +
        "st.shared.v2.f32 [upperAt+128], {sum16, sum17}; st.shared.v2.f32 [lowerAt+128], {sum18, sum19}; st.shared.v2.f32 [upperAt+160], {sum20, sum21}; st.shared.v2.f32 [lowerAt+160], {sum22, sum23};\n" +
        "st.shared.v2.f32 [upperAt+192], {sum24, sum25}; st.shared.v2.f32 [lowerAt+192], {sum26, sum27}; st.shared.v2.f32 [upperAt+224], {sum28, sum29}; st.shared.v2.f32 [lowerAt+224], {sum30, sum31};";

    /// <inheritdoc cref="StoreSums0"/>
    public const string StoreSums1 =
        "st.shared.v2.f32 [upperAt], {sum32, sum33}; st.shared.v2.f32 [lowerAt], {sum34, sum35}; st.shared.v2.f32 [upperAt+32], {sum36, sum37}; st.shared.v2.f32 [lowerAt+32], {sum38, sum39};\n" +
        "st.shared.v2.f32 [upperAt+64], {sum40, sum41}; st.shared.v2.f32 [lowerAt+64], {sum42, sum43}; st.shared.v2.f32 [upperAt+96], {sum44, sum45}; st.shared.v2.f32 [lowerAt+96], {sum46, sum47};\n" +
        "st.shared.v2.f32 [upperAt+128], {sum48, sum49}; st.shared.v2.f32 [lowerAt+128], {sum50, sum51}; st.shared.v2.f32 [upperAt+160], {sum52, sum53}; st.shared.v2.f32 [lowerAt+160], {sum54, sum55};\n" +
        "st.shared.v2.f32 [upperAt+192], {sum56, sum57}; st.shared.v2.f32 [lowerAt+192], {sum58, sum59}; st.shared.v2.f32 [upperAt+224], {sum60, sum61}; st.shared.v2.f32 [lowerAt+224], {sum62, sum63};";

    /// <inheritdoc cref="StoreSums0"/>
    public const string StoreOthers0 =
        "st.shared.v2.f32 [upperAt], {other0, other1}; st.shared.v2.f32 [lowerAt], {other2, other3}; st.shared.v2.f32 [upperAt+32], {other4, other5}; st.shared.v2.f32 [lowerAt+32], {other6, other7};\n" +
        "st.shared.v2.f32 [upperAt+64], {other8, other9}; st.shared.v2.f32 [lowerAt+64], {other10, other11}; st.shared.v2.f32 [upperAt+96], {other12, other13}; st.shared.v2.f32 [lowerAt+96], {other14, other15};\n" +
        "st.shared.v2.f32 [upperAt+128], {other16, other17}; st.shared.v2.f32 [lowerAt+128], {other18, other19}; st.shared.v2.f32 [upperAt+160], {other20, other21}; st.shared.v2.f32 [lowerAt+160], {other22, other23};\n" +
        "st.shared.v2.f32 [upperAt+192], {other24, other25}; st.shared.v2.f32 [lowerAt+192], {other26, other27}; st.shared.v2.f32 [upperAt+224], {other28, other29}; st.shared.v2.f32 [lowerAt+224], {other30, other31};";

    /// <inheritdoc cref="StoreSums0"/>
    public const string StoreOthers1 =
        "st.shared.v2.f32 [upperAt], {other32, other33}; st.shared.v2.f32 [lowerAt], {other34, other35}; st.shared.v2.f32 [upperAt+32], {other36, other37}; st.shared.v2.f32 [lowerAt+32], {other38, other39};\n" +
        "st.shared.v2.f32 [upperAt+64], {other40, other41}; st.shared.v2.f32 [lowerAt+64], {other42, other43}; st.shared.v2.f32 [upperAt+96], {other44, other45}; st.shared.v2.f32 [lowerAt+96], {other46, other47};\n" +
        "st.shared.v2.f32 [upperAt+128], {other48, other49}; st.shared.v2.f32 [lowerAt+128], {other50, other51}; st.shared.v2.f32 [upperAt+160], {other52, other53}; st.shared.v2.f32 [lowerAt+160], {other54, other55};\n" +
        "st.shared.v2.f32 [upperAt+192], {other56, other57}; st.shared.v2.f32 [lowerAt+192], {other58, other59}; st.shared.v2.f32 [upperAt+224], {other60, other61}; st.shared.v2.f32 [lowerAt+224], {other62, other63};";
}
