using ILGPU.Runtime.Cuda;
using static GraphCompiler.Kernels.Ilgpu.TensorAttentionRegisters;

namespace GraphCompiler.Kernels.Ilgpu;

// What the formats do in an attention. Their texts differ in the instruction's name and in how sums become operands: CudaAsm.Emit
// takes constants alone, so each format has texts of its own.

public readonly partial struct BFloat16Format
{
    /// <inheritdoc/>
    public void MultiplyScores() => CudaAsm.Emit(
        LoadColumns + "\n" +
        Multiply + Score0 + Multiply + Score1 + Multiply + Score2 + Multiply + Score3 +
        Multiply + Score4 + Multiply + Score5 + Multiply + Score6 + Multiply + Score7);

    /// <inheritdoc/>
    public void MultiplyProducts() => CudaAsm.Emit(
        LoadColumns + "\n" +
        Multiply + Product0 + Multiply + Product1 + Multiply + Product2 + Multiply + Product3 +
        Multiply + Product4 + Multiply + Product5 + Multiply + Product6 + Multiply + Product7);

    /// <inheritdoc/>
    public void RoundScores(int part)
    {
        if (part == 0)
            CudaAsm.Emit("cvt.rn.bf16x2.f32 left0, score1, score0; cvt.rn.bf16x2.f32 left1, score3, score2; cvt.rn.bf16x2.f32 left2, score5, score4; cvt.rn.bf16x2.f32 left3, score7, score6;");
        else if (part == 1)
            CudaAsm.Emit("cvt.rn.bf16x2.f32 left0, score9, score8; cvt.rn.bf16x2.f32 left1, score11, score10; cvt.rn.bf16x2.f32 left2, score13, score12; cvt.rn.bf16x2.f32 left3, score15, score14;");
        else if (part == 2)
            CudaAsm.Emit("cvt.rn.bf16x2.f32 left0, score17, score16; cvt.rn.bf16x2.f32 left1, score19, score18; cvt.rn.bf16x2.f32 left2, score21, score20; cvt.rn.bf16x2.f32 left3, score23, score22;");
        else
            CudaAsm.Emit("cvt.rn.bf16x2.f32 left0, score25, score24; cvt.rn.bf16x2.f32 left1, score27, score26; cvt.rn.bf16x2.f32 left2, score29, score28; cvt.rn.bf16x2.f32 left3, score31, score30;");
    }

    /// <inheritdoc/>
    public void RoundProducts(int part)
    {
        if (part == 0)
            CudaAsm.Emit("cvt.rn.bf16x2.f32 left0, product1, product0; cvt.rn.bf16x2.f32 left1, product3, product2; cvt.rn.bf16x2.f32 left2, product5, product4; cvt.rn.bf16x2.f32 left3, product7, product6;");
        else if (part == 1)
            CudaAsm.Emit("cvt.rn.bf16x2.f32 left0, product9, product8; cvt.rn.bf16x2.f32 left1, product11, product10; cvt.rn.bf16x2.f32 left2, product13, product12; cvt.rn.bf16x2.f32 left3, product15, product14;");
        else if (part == 2)
            CudaAsm.Emit("cvt.rn.bf16x2.f32 left0, product17, product16; cvt.rn.bf16x2.f32 left1, product19, product18; cvt.rn.bf16x2.f32 left2, product21, product20; cvt.rn.bf16x2.f32 left3, product23, product22;");
        else
            CudaAsm.Emit("cvt.rn.bf16x2.f32 left0, product25, product24; cvt.rn.bf16x2.f32 left1, product27, product26; cvt.rn.bf16x2.f32 left2, product29, product28; cvt.rn.bf16x2.f32 left3, product31, product30;");
    }

    /// <inheritdoc/>
    public void AddSums(int quarter)
    {
        if (quarter == 0)
            CudaAsm.Emit(LoadNumbers0 + "\n" + Multiply + Sum0 + Multiply + Sum1 + Multiply + Sum2 + Multiply + Sum3);
        else if (quarter == 1)
            CudaAsm.Emit(LoadNumbers1 + "\n" + Multiply + Sum4 + Multiply + Sum5 + Multiply + Sum6 + Multiply + Sum7);
        else if (quarter == 2)
            CudaAsm.Emit(LoadNumbers2 + "\n" + Multiply + Sum8 + Multiply + Sum9 + Multiply + Sum10 + Multiply + Sum11);
        else
            CudaAsm.Emit(LoadNumbers3 + "\n" + Multiply + Sum12 + Multiply + Sum13 + Multiply + Sum14 + Multiply + Sum15);
    }

    /// <inheritdoc/>
    public void AddOthers(int quarter)
    {
        if (quarter == 0)
            CudaAsm.Emit(LoadNumbers0 + "\n" + Multiply + Other0 + Multiply + Other1 + Multiply + Other2 + Multiply + Other3);
        else if (quarter == 1)
            CudaAsm.Emit(LoadNumbers1 + "\n" + Multiply + Other4 + Multiply + Other5 + Multiply + Other6 + Multiply + Other7);
        else if (quarter == 2)
            CudaAsm.Emit(LoadNumbers2 + "\n" + Multiply + Other8 + Multiply + Other9 + Multiply + Other10 + Multiply + Other11);
        else
            CudaAsm.Emit(LoadNumbers3 + "\n" + Multiply + Other12 + Multiply + Other13 + Multiply + Other14 + Multiply + Other15);
    }

    /// <inheritdoc/>
    public void RoundRows()
    {
    }
}

public readonly partial struct Float16Format
{
    /// <inheritdoc/>
    public void MultiplyScores() => CudaAsm.Emit(
        LoadColumns + "\n" +
        Multiply + Score0 + Multiply + Score1 + Multiply + Score2 + Multiply + Score3 +
        Multiply + Score4 + Multiply + Score5 + Multiply + Score6 + Multiply + Score7);

    /// <inheritdoc/>
    public void MultiplyProducts() => CudaAsm.Emit(
        LoadColumns + "\n" +
        Multiply + Product0 + Multiply + Product1 + Multiply + Product2 + Multiply + Product3 +
        Multiply + Product4 + Multiply + Product5 + Multiply + Product6 + Multiply + Product7);

    /// <inheritdoc/>
    public void RoundScores(int part)
    {
        if (part == 0)
            CudaAsm.Emit("cvt.rn.f16x2.f32 left0, score1, score0; cvt.rn.f16x2.f32 left1, score3, score2; cvt.rn.f16x2.f32 left2, score5, score4; cvt.rn.f16x2.f32 left3, score7, score6;");
        else if (part == 1)
            CudaAsm.Emit("cvt.rn.f16x2.f32 left0, score9, score8; cvt.rn.f16x2.f32 left1, score11, score10; cvt.rn.f16x2.f32 left2, score13, score12; cvt.rn.f16x2.f32 left3, score15, score14;");
        else if (part == 2)
            CudaAsm.Emit("cvt.rn.f16x2.f32 left0, score17, score16; cvt.rn.f16x2.f32 left1, score19, score18; cvt.rn.f16x2.f32 left2, score21, score20; cvt.rn.f16x2.f32 left3, score23, score22;");
        else
            CudaAsm.Emit("cvt.rn.f16x2.f32 left0, score25, score24; cvt.rn.f16x2.f32 left1, score27, score26; cvt.rn.f16x2.f32 left2, score29, score28; cvt.rn.f16x2.f32 left3, score31, score30;");
    }

    /// <inheritdoc/>
    public void RoundProducts(int part)
    {
        if (part == 0)
            CudaAsm.Emit("cvt.rn.f16x2.f32 left0, product1, product0; cvt.rn.f16x2.f32 left1, product3, product2; cvt.rn.f16x2.f32 left2, product5, product4; cvt.rn.f16x2.f32 left3, product7, product6;");
        else if (part == 1)
            CudaAsm.Emit("cvt.rn.f16x2.f32 left0, product9, product8; cvt.rn.f16x2.f32 left1, product11, product10; cvt.rn.f16x2.f32 left2, product13, product12; cvt.rn.f16x2.f32 left3, product15, product14;");
        else if (part == 2)
            CudaAsm.Emit("cvt.rn.f16x2.f32 left0, product17, product16; cvt.rn.f16x2.f32 left1, product19, product18; cvt.rn.f16x2.f32 left2, product21, product20; cvt.rn.f16x2.f32 left3, product23, product22;");
        else
            CudaAsm.Emit("cvt.rn.f16x2.f32 left0, product25, product24; cvt.rn.f16x2.f32 left1, product27, product26; cvt.rn.f16x2.f32 left2, product29, product28; cvt.rn.f16x2.f32 left3, product31, product30;");
    }

    /// <inheritdoc/>
    public void AddSums(int quarter)
    {
        if (quarter == 0)
            CudaAsm.Emit(LoadNumbers0 + "\n" + Multiply + Sum0 + Multiply + Sum1 + Multiply + Sum2 + Multiply + Sum3);
        else if (quarter == 1)
            CudaAsm.Emit(LoadNumbers1 + "\n" + Multiply + Sum4 + Multiply + Sum5 + Multiply + Sum6 + Multiply + Sum7);
        else if (quarter == 2)
            CudaAsm.Emit(LoadNumbers2 + "\n" + Multiply + Sum8 + Multiply + Sum9 + Multiply + Sum10 + Multiply + Sum11);
        else
            CudaAsm.Emit(LoadNumbers3 + "\n" + Multiply + Sum12 + Multiply + Sum13 + Multiply + Sum14 + Multiply + Sum15);
    }

    /// <inheritdoc/>
    public void AddOthers(int quarter)
    {
        if (quarter == 0)
            CudaAsm.Emit(LoadNumbers0 + "\n" + Multiply + Other0 + Multiply + Other1 + Multiply + Other2 + Multiply + Other3);
        else if (quarter == 1)
            CudaAsm.Emit(LoadNumbers1 + "\n" + Multiply + Other4 + Multiply + Other5 + Multiply + Other6 + Multiply + Other7);
        else if (quarter == 2)
            CudaAsm.Emit(LoadNumbers2 + "\n" + Multiply + Other8 + Multiply + Other9 + Multiply + Other10 + Multiply + Other11);
        else
            CudaAsm.Emit(LoadNumbers3 + "\n" + Multiply + Other12 + Multiply + Other13 + Multiply + Other14 + Multiply + Other15);
    }

    /// <inheritdoc/>
    public void RoundRows()
    {
    }
}

public readonly partial struct TensorFloat32Format
{
    /// <inheritdoc/>
    public void MultiplyScores() => CudaAsm.Emit(
        LoadColumns + "\n" + RoundColumns + "\n" +
        Multiply + Score0 + Multiply + Score1 + Multiply + Score2 + Multiply + Score3 +
        Multiply + Score4 + Multiply + Score5 + Multiply + Score6 + Multiply + Score7);

    /// <inheritdoc/>
    public void MultiplyProducts() => CudaAsm.Emit(
        LoadColumns + "\n" + RoundColumns + "\n" +
        Multiply + Product0 + Multiply + Product1 + Multiply + Product2 + Multiply + Product3 +
        Multiply + Product4 + Multiply + Product5 + Multiply + Product6 + Multiply + Product7);

    /// <inheritdoc/>
    public void RoundScores(int part)
    {
        if (part == 0)
            CudaAsm.Emit("cvt.rna.tf32.f32 left0, score0; cvt.rna.tf32.f32 left1, score2; cvt.rna.tf32.f32 left2, score1; cvt.rna.tf32.f32 left3, score3;");
        else if (part == 1)
            CudaAsm.Emit("cvt.rna.tf32.f32 left0, score4; cvt.rna.tf32.f32 left1, score6; cvt.rna.tf32.f32 left2, score5; cvt.rna.tf32.f32 left3, score7;");
        else if (part == 2)
            CudaAsm.Emit("cvt.rna.tf32.f32 left0, score8; cvt.rna.tf32.f32 left1, score10; cvt.rna.tf32.f32 left2, score9; cvt.rna.tf32.f32 left3, score11;");
        else if (part == 3)
            CudaAsm.Emit("cvt.rna.tf32.f32 left0, score12; cvt.rna.tf32.f32 left1, score14; cvt.rna.tf32.f32 left2, score13; cvt.rna.tf32.f32 left3, score15;");
        else if (part == 4)
            CudaAsm.Emit("cvt.rna.tf32.f32 left0, score16; cvt.rna.tf32.f32 left1, score18; cvt.rna.tf32.f32 left2, score17; cvt.rna.tf32.f32 left3, score19;");
        else if (part == 5)
            CudaAsm.Emit("cvt.rna.tf32.f32 left0, score20; cvt.rna.tf32.f32 left1, score22; cvt.rna.tf32.f32 left2, score21; cvt.rna.tf32.f32 left3, score23;");
        else if (part == 6)
            CudaAsm.Emit("cvt.rna.tf32.f32 left0, score24; cvt.rna.tf32.f32 left1, score26; cvt.rna.tf32.f32 left2, score25; cvt.rna.tf32.f32 left3, score27;");
        else
            CudaAsm.Emit("cvt.rna.tf32.f32 left0, score28; cvt.rna.tf32.f32 left1, score30; cvt.rna.tf32.f32 left2, score29; cvt.rna.tf32.f32 left3, score31;");
    }

    /// <inheritdoc/>
    public void RoundProducts(int part)
    {
        if (part == 0)
            CudaAsm.Emit("cvt.rna.tf32.f32 left0, product0; cvt.rna.tf32.f32 left1, product2; cvt.rna.tf32.f32 left2, product1; cvt.rna.tf32.f32 left3, product3;");
        else if (part == 1)
            CudaAsm.Emit("cvt.rna.tf32.f32 left0, product4; cvt.rna.tf32.f32 left1, product6; cvt.rna.tf32.f32 left2, product5; cvt.rna.tf32.f32 left3, product7;");
        else if (part == 2)
            CudaAsm.Emit("cvt.rna.tf32.f32 left0, product8; cvt.rna.tf32.f32 left1, product10; cvt.rna.tf32.f32 left2, product9; cvt.rna.tf32.f32 left3, product11;");
        else if (part == 3)
            CudaAsm.Emit("cvt.rna.tf32.f32 left0, product12; cvt.rna.tf32.f32 left1, product14; cvt.rna.tf32.f32 left2, product13; cvt.rna.tf32.f32 left3, product15;");
        else if (part == 4)
            CudaAsm.Emit("cvt.rna.tf32.f32 left0, product16; cvt.rna.tf32.f32 left1, product18; cvt.rna.tf32.f32 left2, product17; cvt.rna.tf32.f32 left3, product19;");
        else if (part == 5)
            CudaAsm.Emit("cvt.rna.tf32.f32 left0, product20; cvt.rna.tf32.f32 left1, product22; cvt.rna.tf32.f32 left2, product21; cvt.rna.tf32.f32 left3, product23;");
        else if (part == 6)
            CudaAsm.Emit("cvt.rna.tf32.f32 left0, product24; cvt.rna.tf32.f32 left1, product26; cvt.rna.tf32.f32 left2, product25; cvt.rna.tf32.f32 left3, product27;");
        else
            CudaAsm.Emit("cvt.rna.tf32.f32 left0, product28; cvt.rna.tf32.f32 left1, product30; cvt.rna.tf32.f32 left2, product29; cvt.rna.tf32.f32 left3, product31;");
    }

    /// <inheritdoc/>
    public void AddSums(int quarter)
    {
        if (quarter == 0)
            CudaAsm.Emit(LoadSingles0 + "\n" + RoundNumbers + "\n" + Multiply + Sum0 + Multiply + Sum1 + Multiply + Sum2 + Multiply + Sum3);
        else if (quarter == 1)
            CudaAsm.Emit(LoadSingles1 + "\n" + RoundNumbers + "\n" + Multiply + Sum4 + Multiply + Sum5 + Multiply + Sum6 + Multiply + Sum7);
    }

    /// <inheritdoc/>
    public void AddOthers(int quarter)
    {
        if (quarter == 0)
            CudaAsm.Emit(LoadSingles0 + "\n" + RoundNumbers + "\n" + Multiply + Other0 + Multiply + Other1 + Multiply + Other2 + Multiply + Other3);
        else if (quarter == 1)
            CudaAsm.Emit(LoadSingles1 + "\n" + RoundNumbers + "\n" + Multiply + Other4 + Multiply + Other5 + Multiply + Other6 + Multiply + Other7);
    }

    /// <inheritdoc/>
    public void RoundRows()
        => CudaAsm.Emit(RoundLeft);
}
