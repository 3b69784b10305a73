namespace GraphCompiler.Kernels.Ilgpu;

// The registers of a thread in a product on tensor cores, and the instructions on them. A warp computes 64 x 64 sums (or 32 x 32:
// the first half of the fragments each way), 32 bytes of depth at a time: 16 elements of 16 bits or 8 of 32, as m16n8k16 and
// m16n8k8 take them. Both have the same fragments when counted in bytes. With g = lane / 4 and t = lane % 4:
//
//   left{4i + 0..3}    places 16i + g and 16i + g + 8 at the 4 bytes of depth 4t, then both at 16 + 4t         (A, 16 x 32 bytes)
//   right{4j + 0..3}   place 16j + g at the bytes 4t and 16 + 4t, then place 16j + g + 8                                    (two B, 32 bytes x 8)
//   sum{32i + 4j + 0..3}   rows 16i + g (first two) and 16i + g + 8, columns 8j + 2t and 8j + 2t + 1
//
// ldmatrix gives each lane 4 bytes of row g of a matrix of 8 rows of 16 bytes, at 4t: what the fragments ask for, so one load
// of four matrices fills four registers. A tile whose places lie next to each other is read by the transposing form, which
// exists for elements of 16 bits only; those of 32 are read one by one.

/// <summary>PTX of the registers that a product on tensor cores has in each thread.</summary>
static class TensorRegisters
{
    /// <summary>
    /// Declares them. <c>tiles</c> is where shared memory begins. <c>leftPlace</c> is where the thread's first piece of the left operand
    /// goes in the first stage, <c>leftFrom0</c> to <c>3</c> are where its pieces come from, <c>leftRest</c> is how much there is of the
    /// depth, and <c>leftFirst</c> and <c>leftSecond</c> are where its fragments lie in the first stage; so it is on the right. The
    /// others are addresses in shared memory. What a loop needs was computed before it: here, ILGPU cannot do that again in each turn.
    /// </summary>
    public const string Declare =
        ".reg .f32 sum<128>; .reg .b32 left<16>, right<16>, tiles, at, bytes; .reg .pred inside;\n" +
        ".reg .b32 leftAt, leftFurther, leftPlace, leftRest, leftBytes, leftFirst, leftSecond; .reg .b64 leftFrom<4>, leftLine;\n" +
        ".reg .b32 rightAt, rightFurther, rightPlace, rightRest, rightBytes, rightFirst, rightSecond; .reg .b64 rightFrom<4>, rightLine;";

    const string Left0 = "{left0, left1, left2, left3}";
    const string Left1 = "{left4, left5, left6, left7}";
    const string Left2 = "{left8, left9, left10, left11}";
    const string Left3 = "{left12, left13, left14, left15}";
    const string Right0 = "{right0, right1, right2, right3}";
    const string Right1 = "{right4, right5, right6, right7}";
    const string Right2 = "{right8, right9, right10, right11}";
    const string Right3 = "{right12, right13, right14, right15}";

    const string Load = "ldmatrix.sync.aligned.m8n8.x4.shared.b16 ", Transpose = "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 ";

    const string Copy = "cp.async.cg.shared.global ";

    /// <summary>Copies the first two pieces of the left operand to <c>at</c> where the depth lies along rows: each row has a place to copy
    /// from, which goes on by 64 bytes a step.</summary>
    public const string LeftCopyDeep01 =
        "max.s32 bytes, leftRest, 0; min.s32 bytes, bytes, 16; sub.s32 leftRest, leftRest, 64;\n" +
        $"{Copy}[at+0], [leftFrom0], 16, bytes; add.s64 leftFrom0, leftFrom0, 64;\n" +
        $"{Copy}[at+2048], [leftFrom1], 16, bytes; add.s64 leftFrom1, leftFrom1, 64;";

    /// <inheritdoc cref="LeftCopyDeep01"/>
    public const string LeftCopyDeep23 =
        $"{Copy}[at+4096], [leftFrom2], 16, bytes; add.s64 leftFrom2, leftFrom2, 64;\n" +
        $"{Copy}[at+6144], [leftFrom3], 16, bytes; add.s64 leftFrom3, leftFrom3, 64;";

    /// <summary>The same where places lie along rows: one place to copy from goes on from row to row. Of a rest of depth each row takes 16, whatever it is.</summary>
    public const string LeftCopyWide01 =
        $"setp.gt.s32 inside, leftRest, 0; selp.b32 bytes, leftBytes, 0, inside; {Copy}[at+0], [leftFrom0], 16, bytes; add.s64 leftFrom0, leftFrom0, leftLine;\n" +
        $"setp.gt.s32 inside, leftRest, 16; selp.b32 bytes, leftBytes, 0, inside; {Copy}[at+2048], [leftFrom0], 16, bytes; add.s64 leftFrom0, leftFrom0, leftLine;";

    /// <inheritdoc cref="LeftCopyWide01"/>
    public const string LeftCopyWide23 =
        $"setp.gt.s32 inside, leftRest, 32; selp.b32 bytes, leftBytes, 0, inside; {Copy}[at+4096], [leftFrom0], 16, bytes; add.s64 leftFrom0, leftFrom0, leftLine;\n" +
        $"setp.gt.s32 inside, leftRest, 48; selp.b32 bytes, leftBytes, 0, inside; {Copy}[at+6144], [leftFrom0], 16, bytes; add.s64 leftFrom0, leftFrom0, leftLine;";

    /// <summary>Copies the first two pieces of the right operand to <c>at</c> where the depth lies along rows: each row has a place to
    /// copy from, which goes on by 64 bytes a step.</summary>
    public const string RightCopyDeep01 =
        "max.s32 bytes, rightRest, 0; min.s32 bytes, bytes, 16; sub.s32 rightRest, rightRest, 64;\n" +
        $"{Copy}[at+0], [rightFrom0], 16, bytes; add.s64 rightFrom0, rightFrom0, 64;\n" +
        $"{Copy}[at+2048], [rightFrom1], 16, bytes; add.s64 rightFrom1, rightFrom1, 64;";

    /// <inheritdoc cref="RightCopyDeep01"/>
    public const string RightCopyDeep23 =
        $"{Copy}[at+4096], [rightFrom2], 16, bytes; add.s64 rightFrom2, rightFrom2, 64;\n" +
        $"{Copy}[at+6144], [rightFrom3], 16, bytes; add.s64 rightFrom3, rightFrom3, 64;";

    /// <summary>The same where places lie along rows: one place to copy from goes on from row to row. Of a rest of depth each row takes 16, whatever it is.</summary>
    public const string RightCopyWide01 =
        $"setp.gt.s32 inside, rightRest, 0; selp.b32 bytes, rightBytes, 0, inside; {Copy}[at+0], [rightFrom0], 16, bytes; add.s64 rightFrom0, rightFrom0, rightLine;\n" +
        $"setp.gt.s32 inside, rightRest, 16; selp.b32 bytes, rightBytes, 0, inside; {Copy}[at+2048], [rightFrom0], 16, bytes; add.s64 rightFrom0, rightFrom0, rightLine;";

    /// <inheritdoc cref="RightCopyWide01"/>
    public const string RightCopyWide23 =
        $"setp.gt.s32 inside, rightRest, 32; selp.b32 bytes, rightBytes, 0, inside; {Copy}[at+4096], [rightFrom0], 16, bytes; add.s64 rightFrom0, rightFrom0, rightLine;\n" +
        $"setp.gt.s32 inside, rightRest, 48; selp.b32 bytes, rightBytes, 0, inside; {Copy}[at+6144], [rightFrom0], 16, bytes; add.s64 rightFrom0, rightFrom0, rightLine;";

    /// <summary>Fragments of the left operand whose depth lies along rows of 64 bytes: 16 places further are 1024 bytes.</summary>
    public const string LeftDeep01 = $"{Load}{Left0}, [leftAt];\n{Load}{Left1}, [leftAt+1024];";

    /// <inheritdoc cref="LeftDeep01"/>
    public const string LeftDeep23 = $"{Load}{Left2}, [leftAt+2048];\n{Load}{Left3}, [leftAt+3072];";

    /// <summary>Fragments of the left operand whose places lie along rows, of 16 bits: 16 places further are 32 bytes, among swizzled bits.</summary>
    public const string LeftWide01 = $"{Transpose}{Left0}, [leftAt];\nxor.b32 at, leftAt, 32;\n{Transpose}{Left1}, [at];";

    /// <inheritdoc cref="LeftWide01"/>
    public const string LeftWide23 = $"xor.b32 at, leftAt, 64;\n{Transpose}{Left2}, [at];\nxor.b32 at, leftAt, 96;\n{Transpose}{Left3}, [at];";

    /// <summary>The same of 32 bits: 8 places further are 32 bytes; four depths further lie at an address of their own.</summary>
    public const string LeftWideSingle01 =
        "ld.shared.b32 left0, [leftAt]; ld.shared.b32 left2, [leftFurther]; xor.b32 at, leftAt, 32; ld.shared.b32 left1, [at]; xor.b32 at, leftFurther, 32; ld.shared.b32 left3, [at];\n" +
        "xor.b32 at, leftAt, 64; ld.shared.b32 left4, [at]; xor.b32 at, leftFurther, 64; ld.shared.b32 left6, [at]; xor.b32 at, leftAt, 96; ld.shared.b32 left5, [at]; xor.b32 at, leftFurther, 96; ld.shared.b32 left7, [at];";

    /// <inheritdoc cref="LeftWideSingle01"/>
    public const string LeftWideSingle23 =
        "xor.b32 at, leftAt, 128; ld.shared.b32 left8, [at]; xor.b32 at, leftFurther, 128; ld.shared.b32 left10, [at]; xor.b32 at, leftAt, 160; ld.shared.b32 left9, [at]; xor.b32 at, leftFurther, 160; ld.shared.b32 left11, [at];\n" +
        "xor.b32 at, leftAt, 192; ld.shared.b32 left12, [at]; xor.b32 at, leftFurther, 192; ld.shared.b32 left14, [at]; xor.b32 at, leftAt, 224; ld.shared.b32 left13, [at]; xor.b32 at, leftFurther, 224; ld.shared.b32 left15, [at];";

    /// <summary>Fragments of the right operand whose depth lies along rows of 64 bytes: 16 places further are 1024 bytes.</summary>
    public const string RightDeep01 = $"{Load}{Right0}, [rightAt];\n{Load}{Right1}, [rightAt+1024];";

    /// <inheritdoc cref="RightDeep01"/>
    public const string RightDeep23 = $"{Load}{Right2}, [rightAt+2048];\n{Load}{Right3}, [rightAt+3072];";

    /// <summary>Fragments of the right operand whose places lie along rows, of 16 bits: 16 places further are 32 bytes, among swizzled bits.</summary>
    public const string RightWide01 = $"{Transpose}{Right0}, [rightAt];\nxor.b32 at, rightAt, 32;\n{Transpose}{Right1}, [at];";

    /// <inheritdoc cref="RightWide01"/>
    public const string RightWide23 = $"xor.b32 at, rightAt, 64;\n{Transpose}{Right2}, [at];\nxor.b32 at, rightAt, 96;\n{Transpose}{Right3}, [at];";

    /// <summary>The same of 32 bits: 8 places further are 32 bytes; four depths further lie at an address of their own.</summary>
    public const string RightWideSingle01 =
        "ld.shared.b32 right0, [rightAt]; ld.shared.b32 right1, [rightFurther]; xor.b32 at, rightAt, 32; ld.shared.b32 right2, [at]; xor.b32 at, rightFurther, 32; ld.shared.b32 right3, [at];\n" +
        "xor.b32 at, rightAt, 64; ld.shared.b32 right4, [at]; xor.b32 at, rightFurther, 64; ld.shared.b32 right5, [at]; xor.b32 at, rightAt, 96; ld.shared.b32 right6, [at]; xor.b32 at, rightFurther, 96; ld.shared.b32 right7, [at];";

    /// <inheritdoc cref="RightWideSingle01"/>
    public const string RightWideSingle23 =
        "xor.b32 at, rightAt, 128; ld.shared.b32 right8, [at]; xor.b32 at, rightFurther, 128; ld.shared.b32 right9, [at]; xor.b32 at, rightAt, 160; ld.shared.b32 right10, [at]; xor.b32 at, rightFurther, 160; ld.shared.b32 right11, [at];\n" +
        "xor.b32 at, rightAt, 192; ld.shared.b32 right12, [at]; xor.b32 at, rightFurther, 192; ld.shared.b32 right13, [at]; xor.b32 at, rightAt, 224; ld.shared.b32 right14, [at]; xor.b32 at, rightFurther, 224; ld.shared.b32 right15, [at];";

    /// <summary>All sums become zero.</summary>
    public const string Clear =
        "mov.f32 sum0, 0f00000000; mov.f32 sum1, 0f00000000; mov.f32 sum2, 0f00000000; mov.f32 sum3, 0f00000000; mov.f32 sum4, 0f00000000; mov.f32 sum5, 0f00000000; mov.f32 sum6, 0f00000000; mov.f32 sum7, 0f00000000;" +
        "mov.f32 sum8, 0f00000000; mov.f32 sum9, 0f00000000; mov.f32 sum10, 0f00000000; mov.f32 sum11, 0f00000000; mov.f32 sum12, 0f00000000; mov.f32 sum13, 0f00000000; mov.f32 sum14, 0f00000000; mov.f32 sum15, 0f00000000;" +
        "mov.f32 sum16, 0f00000000; mov.f32 sum17, 0f00000000; mov.f32 sum18, 0f00000000; mov.f32 sum19, 0f00000000; mov.f32 sum20, 0f00000000; mov.f32 sum21, 0f00000000; mov.f32 sum22, 0f00000000; mov.f32 sum23, 0f00000000;" +
        "mov.f32 sum24, 0f00000000; mov.f32 sum25, 0f00000000; mov.f32 sum26, 0f00000000; mov.f32 sum27, 0f00000000; mov.f32 sum28, 0f00000000; mov.f32 sum29, 0f00000000; mov.f32 sum30, 0f00000000; mov.f32 sum31, 0f00000000;" +
        "mov.f32 sum32, 0f00000000; mov.f32 sum33, 0f00000000; mov.f32 sum34, 0f00000000; mov.f32 sum35, 0f00000000; mov.f32 sum36, 0f00000000; mov.f32 sum37, 0f00000000; mov.f32 sum38, 0f00000000; mov.f32 sum39, 0f00000000;" +
        "mov.f32 sum40, 0f00000000; mov.f32 sum41, 0f00000000; mov.f32 sum42, 0f00000000; mov.f32 sum43, 0f00000000; mov.f32 sum44, 0f00000000; mov.f32 sum45, 0f00000000; mov.f32 sum46, 0f00000000; mov.f32 sum47, 0f00000000;" +
        "mov.f32 sum48, 0f00000000; mov.f32 sum49, 0f00000000; mov.f32 sum50, 0f00000000; mov.f32 sum51, 0f00000000; mov.f32 sum52, 0f00000000; mov.f32 sum53, 0f00000000; mov.f32 sum54, 0f00000000; mov.f32 sum55, 0f00000000;" +
        "mov.f32 sum56, 0f00000000; mov.f32 sum57, 0f00000000; mov.f32 sum58, 0f00000000; mov.f32 sum59, 0f00000000; mov.f32 sum60, 0f00000000; mov.f32 sum61, 0f00000000; mov.f32 sum62, 0f00000000; mov.f32 sum63, 0f00000000;" +
        "mov.f32 sum64, 0f00000000; mov.f32 sum65, 0f00000000; mov.f32 sum66, 0f00000000; mov.f32 sum67, 0f00000000; mov.f32 sum68, 0f00000000; mov.f32 sum69, 0f00000000; mov.f32 sum70, 0f00000000; mov.f32 sum71, 0f00000000;" +
        "mov.f32 sum72, 0f00000000; mov.f32 sum73, 0f00000000; mov.f32 sum74, 0f00000000; mov.f32 sum75, 0f00000000; mov.f32 sum76, 0f00000000; mov.f32 sum77, 0f00000000; mov.f32 sum78, 0f00000000; mov.f32 sum79, 0f00000000;" +
        "mov.f32 sum80, 0f00000000; mov.f32 sum81, 0f00000000; mov.f32 sum82, 0f00000000; mov.f32 sum83, 0f00000000; mov.f32 sum84, 0f00000000; mov.f32 sum85, 0f00000000; mov.f32 sum86, 0f00000000; mov.f32 sum87, 0f00000000;" +
        "mov.f32 sum88, 0f00000000; mov.f32 sum89, 0f00000000; mov.f32 sum90, 0f00000000; mov.f32 sum91, 0f00000000; mov.f32 sum92, 0f00000000; mov.f32 sum93, 0f00000000; mov.f32 sum94, 0f00000000; mov.f32 sum95, 0f00000000;" +
        "mov.f32 sum96, 0f00000000; mov.f32 sum97, 0f00000000; mov.f32 sum98, 0f00000000; mov.f32 sum99, 0f00000000; mov.f32 sum100, 0f00000000; mov.f32 sum101, 0f00000000; mov.f32 sum102, 0f00000000; mov.f32 sum103, 0f00000000;" +
        "mov.f32 sum104, 0f00000000; mov.f32 sum105, 0f00000000; mov.f32 sum106, 0f00000000; mov.f32 sum107, 0f00000000; mov.f32 sum108, 0f00000000; mov.f32 sum109, 0f00000000; mov.f32 sum110, 0f00000000; mov.f32 sum111, 0f00000000;" +
        "mov.f32 sum112, 0f00000000; mov.f32 sum113, 0f00000000; mov.f32 sum114, 0f00000000; mov.f32 sum115, 0f00000000; mov.f32 sum116, 0f00000000; mov.f32 sum117, 0f00000000; mov.f32 sum118, 0f00000000; mov.f32 sum119, 0f00000000;" +
        "mov.f32 sum120, 0f00000000; mov.f32 sum121, 0f00000000; mov.f32 sum122, 0f00000000; mov.f32 sum123, 0f00000000; mov.f32 sum124, 0f00000000; mov.f32 sum125, 0f00000000; mov.f32 sum126, 0f00000000; mov.f32 sum127, 0f00000000;";

    // What each multiplication takes after its name: its sums, a left and a right fragment, and its sums again.
    public const string Product00 = $"{{sum0, sum1, sum2, sum3}}, {Left0}, {{right0, right1}}, {{sum0, sum1, sum2, sum3}};\n";
    public const string Product01 = $"{{sum4, sum5, sum6, sum7}}, {Left0}, {{right2, right3}}, {{sum4, sum5, sum6, sum7}};\n";
    public const string Product02 = $"{{sum8, sum9, sum10, sum11}}, {Left0}, {{right4, right5}}, {{sum8, sum9, sum10, sum11}};\n";
    public const string Product03 = $"{{sum12, sum13, sum14, sum15}}, {Left0}, {{right6, right7}}, {{sum12, sum13, sum14, sum15}};\n";
    public const string Product04 = $"{{sum16, sum17, sum18, sum19}}, {Left0}, {{right8, right9}}, {{sum16, sum17, sum18, sum19}};\n";
    public const string Product05 = $"{{sum20, sum21, sum22, sum23}}, {Left0}, {{right10, right11}}, {{sum20, sum21, sum22, sum23}};\n";
    public const string Product06 = $"{{sum24, sum25, sum26, sum27}}, {Left0}, {{right12, right13}}, {{sum24, sum25, sum26, sum27}};\n";
    public const string Product07 = $"{{sum28, sum29, sum30, sum31}}, {Left0}, {{right14, right15}}, {{sum28, sum29, sum30, sum31}};\n";
    public const string Product10 = $"{{sum32, sum33, sum34, sum35}}, {Left1}, {{right0, right1}}, {{sum32, sum33, sum34, sum35}};\n";
    public const string Product11 = $"{{sum36, sum37, sum38, sum39}}, {Left1}, {{right2, right3}}, {{sum36, sum37, sum38, sum39}};\n";
    public const string Product12 = $"{{sum40, sum41, sum42, sum43}}, {Left1}, {{right4, right5}}, {{sum40, sum41, sum42, sum43}};\n";
    public const string Product13 = $"{{sum44, sum45, sum46, sum47}}, {Left1}, {{right6, right7}}, {{sum44, sum45, sum46, sum47}};\n";
    public const string Product14 = $"{{sum48, sum49, sum50, sum51}}, {Left1}, {{right8, right9}}, {{sum48, sum49, sum50, sum51}};\n";
    public const string Product15 = $"{{sum52, sum53, sum54, sum55}}, {Left1}, {{right10, right11}}, {{sum52, sum53, sum54, sum55}};\n";
    public const string Product16 = $"{{sum56, sum57, sum58, sum59}}, {Left1}, {{right12, right13}}, {{sum56, sum57, sum58, sum59}};\n";
    public const string Product17 = $"{{sum60, sum61, sum62, sum63}}, {Left1}, {{right14, right15}}, {{sum60, sum61, sum62, sum63}};\n";
    public const string Product20 = $"{{sum64, sum65, sum66, sum67}}, {Left2}, {{right0, right1}}, {{sum64, sum65, sum66, sum67}};\n";
    public const string Product21 = $"{{sum68, sum69, sum70, sum71}}, {Left2}, {{right2, right3}}, {{sum68, sum69, sum70, sum71}};\n";
    public const string Product22 = $"{{sum72, sum73, sum74, sum75}}, {Left2}, {{right4, right5}}, {{sum72, sum73, sum74, sum75}};\n";
    public const string Product23 = $"{{sum76, sum77, sum78, sum79}}, {Left2}, {{right6, right7}}, {{sum76, sum77, sum78, sum79}};\n";
    public const string Product24 = $"{{sum80, sum81, sum82, sum83}}, {Left2}, {{right8, right9}}, {{sum80, sum81, sum82, sum83}};\n";
    public const string Product25 = $"{{sum84, sum85, sum86, sum87}}, {Left2}, {{right10, right11}}, {{sum84, sum85, sum86, sum87}};\n";
    public const string Product26 = $"{{sum88, sum89, sum90, sum91}}, {Left2}, {{right12, right13}}, {{sum88, sum89, sum90, sum91}};\n";
    public const string Product27 = $"{{sum92, sum93, sum94, sum95}}, {Left2}, {{right14, right15}}, {{sum92, sum93, sum94, sum95}};\n";
    public const string Product30 = $"{{sum96, sum97, sum98, sum99}}, {Left3}, {{right0, right1}}, {{sum96, sum97, sum98, sum99}};\n";
    public const string Product31 = $"{{sum100, sum101, sum102, sum103}}, {Left3}, {{right2, right3}}, {{sum100, sum101, sum102, sum103}};\n";
    public const string Product32 = $"{{sum104, sum105, sum106, sum107}}, {Left3}, {{right4, right5}}, {{sum104, sum105, sum106, sum107}};\n";
    public const string Product33 = $"{{sum108, sum109, sum110, sum111}}, {Left3}, {{right6, right7}}, {{sum108, sum109, sum110, sum111}};\n";
    public const string Product34 = $"{{sum112, sum113, sum114, sum115}}, {Left3}, {{right8, right9}}, {{sum112, sum113, sum114, sum115}};\n";
    public const string Product35 = $"{{sum116, sum117, sum118, sum119}}, {Left3}, {{right10, right11}}, {{sum116, sum117, sum118, sum119}};\n";
    public const string Product36 = $"{{sum120, sum121, sum122, sum123}}, {Left3}, {{right12, right13}}, {{sum120, sum121, sum122, sum123}};\n";
    public const string Product37 = $"{{sum124, sum125, sum126, sum127}}, {Left3}, {{right14, right15}}, {{sum124, sum125, sum126, sum127}};\n";

    /// <summary>Stores the sums of 16 rows of a warp, at <c>leftAt</c> and eight rows below at <c>rightAt</c>: columns 0 to 31.</summary>
    public const string Store0 =
        "st.shared.v2.f32 [leftAt+0], {sum0, sum1}; st.shared.v2.f32 [rightAt+0], {sum2, sum3};\n" +
        "st.shared.v2.f32 [leftAt+32], {sum4, sum5}; st.shared.v2.f32 [rightAt+32], {sum6, sum7};\n" +
        "st.shared.v2.f32 [leftAt+64], {sum8, sum9}; st.shared.v2.f32 [rightAt+64], {sum10, sum11};\n" +
        "st.shared.v2.f32 [leftAt+96], {sum12, sum13}; st.shared.v2.f32 [rightAt+96], {sum14, sum15};";

    /// <summary>Columns 32 to 63.</summary>
    public const string Store0Right =
        "st.shared.v2.f32 [leftAt+128], {sum16, sum17}; st.shared.v2.f32 [rightAt+128], {sum18, sum19};\n" +
        "st.shared.v2.f32 [leftAt+160], {sum20, sum21}; st.shared.v2.f32 [rightAt+160], {sum22, sum23};\n" +
        "st.shared.v2.f32 [leftAt+192], {sum24, sum25}; st.shared.v2.f32 [rightAt+192], {sum26, sum27};\n" +
        "st.shared.v2.f32 [leftAt+224], {sum28, sum29}; st.shared.v2.f32 [rightAt+224], {sum30, sum31};";

    /// <inheritdoc cref="Store0"/>
    public const string Store1 =
        "st.shared.v2.f32 [leftAt+0], {sum32, sum33}; st.shared.v2.f32 [rightAt+0], {sum34, sum35};\n" +
        "st.shared.v2.f32 [leftAt+32], {sum36, sum37}; st.shared.v2.f32 [rightAt+32], {sum38, sum39};\n" +
        "st.shared.v2.f32 [leftAt+64], {sum40, sum41}; st.shared.v2.f32 [rightAt+64], {sum42, sum43};\n" +
        "st.shared.v2.f32 [leftAt+96], {sum44, sum45}; st.shared.v2.f32 [rightAt+96], {sum46, sum47};";

    /// <inheritdoc cref="Store0Right"/>
    public const string Store1Right =
        "st.shared.v2.f32 [leftAt+128], {sum48, sum49}; st.shared.v2.f32 [rightAt+128], {sum50, sum51};\n" +
        "st.shared.v2.f32 [leftAt+160], {sum52, sum53}; st.shared.v2.f32 [rightAt+160], {sum54, sum55};\n" +
        "st.shared.v2.f32 [leftAt+192], {sum56, sum57}; st.shared.v2.f32 [rightAt+192], {sum58, sum59};\n" +
        "st.shared.v2.f32 [leftAt+224], {sum60, sum61}; st.shared.v2.f32 [rightAt+224], {sum62, sum63};";

    /// <inheritdoc cref="Store0"/>
    public const string Store2 =
        "st.shared.v2.f32 [leftAt+0], {sum64, sum65}; st.shared.v2.f32 [rightAt+0], {sum66, sum67};\n" +
        "st.shared.v2.f32 [leftAt+32], {sum68, sum69}; st.shared.v2.f32 [rightAt+32], {sum70, sum71};\n" +
        "st.shared.v2.f32 [leftAt+64], {sum72, sum73}; st.shared.v2.f32 [rightAt+64], {sum74, sum75};\n" +
        "st.shared.v2.f32 [leftAt+96], {sum76, sum77}; st.shared.v2.f32 [rightAt+96], {sum78, sum79};";

    /// <inheritdoc cref="Store0Right"/>
    public const string Store2Right =
        "st.shared.v2.f32 [leftAt+128], {sum80, sum81}; st.shared.v2.f32 [rightAt+128], {sum82, sum83};\n" +
        "st.shared.v2.f32 [leftAt+160], {sum84, sum85}; st.shared.v2.f32 [rightAt+160], {sum86, sum87};\n" +
        "st.shared.v2.f32 [leftAt+192], {sum88, sum89}; st.shared.v2.f32 [rightAt+192], {sum90, sum91};\n" +
        "st.shared.v2.f32 [leftAt+224], {sum92, sum93}; st.shared.v2.f32 [rightAt+224], {sum94, sum95};";

    /// <inheritdoc cref="Store0"/>
    public const string Store3 =
        "st.shared.v2.f32 [leftAt+0], {sum96, sum97}; st.shared.v2.f32 [rightAt+0], {sum98, sum99};\n" +
        "st.shared.v2.f32 [leftAt+32], {sum100, sum101}; st.shared.v2.f32 [rightAt+32], {sum102, sum103};\n" +
        "st.shared.v2.f32 [leftAt+64], {sum104, sum105}; st.shared.v2.f32 [rightAt+64], {sum106, sum107};\n" +
        "st.shared.v2.f32 [leftAt+96], {sum108, sum109}; st.shared.v2.f32 [rightAt+96], {sum110, sum111};";

    /// <inheritdoc cref="Store0Right"/>
    public const string Store3Right =
        "st.shared.v2.f32 [leftAt+128], {sum112, sum113}; st.shared.v2.f32 [rightAt+128], {sum114, sum115};\n" +
        "st.shared.v2.f32 [leftAt+160], {sum116, sum117}; st.shared.v2.f32 [rightAt+160], {sum118, sum119};\n" +
        "st.shared.v2.f32 [leftAt+192], {sum120, sum121}; st.shared.v2.f32 [rightAt+192], {sum122, sum123};\n" +
        "st.shared.v2.f32 [leftAt+224], {sum124, sum125}; st.shared.v2.f32 [rightAt+224], {sum126, sum127};";

    /// <summary>Rounds fragments of 32 bits to TF32: to nearest, ties away from zero.</summary>
    public const string RoundLeft01 =
        "cvt.rna.tf32.f32 left0, left0; cvt.rna.tf32.f32 left1, left1; cvt.rna.tf32.f32 left2, left2; cvt.rna.tf32.f32 left3, left3;\n" +
        "cvt.rna.tf32.f32 left4, left4; cvt.rna.tf32.f32 left5, left5; cvt.rna.tf32.f32 left6, left6; cvt.rna.tf32.f32 left7, left7;";

    /// <inheritdoc cref="RoundLeft01"/>
    public const string RoundLeft23 =
        "cvt.rna.tf32.f32 left8, left8; cvt.rna.tf32.f32 left9, left9; cvt.rna.tf32.f32 left10, left10; cvt.rna.tf32.f32 left11, left11;\n" +
        "cvt.rna.tf32.f32 left12, left12; cvt.rna.tf32.f32 left13, left13; cvt.rna.tf32.f32 left14, left14; cvt.rna.tf32.f32 left15, left15;";

    /// <inheritdoc cref="RoundLeft01"/>
    public const string RoundRight01 =
        "cvt.rna.tf32.f32 right0, right0; cvt.rna.tf32.f32 right1, right1; cvt.rna.tf32.f32 right2, right2; cvt.rna.tf32.f32 right3, right3;\n" +
        "cvt.rna.tf32.f32 right4, right4; cvt.rna.tf32.f32 right5, right5; cvt.rna.tf32.f32 right6, right6; cvt.rna.tf32.f32 right7, right7;";

    /// <inheritdoc cref="RoundLeft01"/>
    public const string RoundRight23 =
        "cvt.rna.tf32.f32 right8, right8; cvt.rna.tf32.f32 right9, right9; cvt.rna.tf32.f32 right10, right10; cvt.rna.tf32.f32 right11, right11;\n" +
        "cvt.rna.tf32.f32 right12, right12; cvt.rna.tf32.f32 right13, right13; cvt.rna.tf32.f32 right14, right14; cvt.rna.tf32.f32 right15, right15;";
}
