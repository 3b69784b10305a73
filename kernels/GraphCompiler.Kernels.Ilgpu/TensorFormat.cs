using ILGPU.Runtime.Cuda;
using static GraphCompiler.Kernels.Ilgpu.TensorRegisters;

namespace GraphCompiler.Kernels.Ilgpu;

// Each format has its own list of multiplications, which differ in the instruction's name only: CudaAsm.Emit takes nothing but constant strings.

/// <summary>In which format tensor cores take the operands of a product; the sums are always float32.</summary>
public interface ITensorFormat
{
    /// <summary>Bytes of an element in memory: 2 or 4.</summary>
    int ElementBytes { get; }

    /// <summary>Adds the products of the first half of the left fragments with the first half of the right ones: 32 x 32 sums.</summary>
    void MultiplyQuarter();

    /// <summary>The other three quarters of 64 x 64 sums.</summary>
    void MultiplyRest();

    /// <summary>Rounds eight numbers (four, if elements have 4 bytes) and writes them as 16 bytes of shared memory.</summary>
    void Store(int at, Four first, Four second);

    /// <summary>In an attention: rounds the fragment of rows in <c>left</c>, if it is not stored in the format.</summary>
    void RoundRows();

    /// <summary>Adds to the scores the products of the fragment in <c>left</c> with those of 64 columns at <c>at</c>.</summary>
    void MultiplyScores();

    /// <summary>Adds them to the products.</summary>
    void MultiplyProducts();

    /// <summary>Rounds the scores of a part of the columns, as many as have 32 bytes, to the fragment that is multiplied next.</summary>
    void RoundScores(int part);

    /// <summary>Rounds the products of a part of the columns.</summary>
    void RoundProducts(int part);

    /// <summary>Adds to a quarter of the sums the products of the fragment with the columns' numbers at <c>rightAt</c>.</summary>
    void AddSums(int quarter);

    /// <summary>Adds them to the other sums.</summary>
    void AddOthers(int quarter);
}

/// <summary>BFloat16: 8 bits of exponent, 8 of precision.</summary>
public readonly partial struct BFloat16Format : ITensorFormat
{
    const string Multiply = "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 ";

    /// <inheritdoc/>
    public int ElementBytes => 2;

    /// <inheritdoc/>
    public void MultiplyQuarter() => CudaAsm.Emit(
        Multiply + Product00 + Multiply + Product01 + Multiply + Product02 + Multiply + Product03 +
        Multiply + Product10 + Multiply + Product11 + Multiply + Product12 + Multiply + Product13);

    /// <inheritdoc/>
    public void MultiplyRest() => CudaAsm.Emit(
        Multiply + Product04 + Multiply + Product05 + Multiply + Product06 + Multiply + Product07 +
        Multiply + Product14 + Multiply + Product15 + Multiply + Product16 + Multiply + Product17 +
        Multiply + Product20 + Multiply + Product21 + Multiply + Product22 + Multiply + Product23 +
        Multiply + Product24 + Multiply + Product25 + Multiply + Product26 + Multiply + Product27 +
        Multiply + Product30 + Multiply + Product31 + Multiply + Product32 + Multiply + Product33 +
        Multiply + Product34 + Multiply + Product35 + Multiply + Product36 + Multiply + Product37);

    /// <inheritdoc/>
    public void Store(int at, Four first, Four second) => CudaAsm.Emit(
        "{ .reg .b32 place, pair<4>; add.u32 place, tiles, %0;\n" +
        "cvt.rn.bf16x2.f32 pair0, %2, %1; cvt.rn.bf16x2.f32 pair1, %4, %3; cvt.rn.bf16x2.f32 pair2, %6, %5; cvt.rn.bf16x2.f32 pair3, %8, %7;\n" +
        "st.shared.v4.b32 [place], {pair0, pair1, pair2, pair3}; }",
        at, first.X, first.Y, first.Z, first.W, second.X, second.Y, second.Z, second.W);
}

/// <summary>Float16: 5 bits of exponent, 11 of precision.</summary>
public readonly partial struct Float16Format : ITensorFormat
{
    const string Multiply = "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 ";

    /// <inheritdoc/>
    public int ElementBytes => 2;

    /// <inheritdoc/>
    public void MultiplyQuarter() => CudaAsm.Emit(
        Multiply + Product00 + Multiply + Product01 + Multiply + Product02 + Multiply + Product03 +
        Multiply + Product10 + Multiply + Product11 + Multiply + Product12 + Multiply + Product13);

    /// <inheritdoc/>
    public void MultiplyRest() => CudaAsm.Emit(
        Multiply + Product04 + Multiply + Product05 + Multiply + Product06 + Multiply + Product07 +
        Multiply + Product14 + Multiply + Product15 + Multiply + Product16 + Multiply + Product17 +
        Multiply + Product20 + Multiply + Product21 + Multiply + Product22 + Multiply + Product23 +
        Multiply + Product24 + Multiply + Product25 + Multiply + Product26 + Multiply + Product27 +
        Multiply + Product30 + Multiply + Product31 + Multiply + Product32 + Multiply + Product33 +
        Multiply + Product34 + Multiply + Product35 + Multiply + Product36 + Multiply + Product37);

    /// <inheritdoc/>
    public void Store(int at, Four first, Four second) => CudaAsm.Emit(
        "{ .reg .b32 place, pair<4>; add.u32 place, tiles, %0;\n" +
        "cvt.rn.f16x2.f32 pair0, %2, %1; cvt.rn.f16x2.f32 pair1, %4, %3; cvt.rn.f16x2.f32 pair2, %6, %5; cvt.rn.f16x2.f32 pair3, %8, %7;\n" +
        "st.shared.v4.b32 [place], {pair0, pair1, pair2, pair3}; }",
        at, first.X, first.Y, first.Z, first.W, second.X, second.Y, second.Z, second.W);
}

/// <summary>TF32: floats of which 11 bits of precision count. They lie in memory as floats, and are rounded in registers.</summary>
public readonly partial struct TensorFloat32Format : ITensorFormat
{
    const string Multiply = "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 ";

    /// <inheritdoc/>
    public int ElementBytes => 4;

    /// <inheritdoc/>
    public void MultiplyQuarter() => CudaAsm.Emit(
        RoundLeft01 + "\n" + RoundRight01 + "\n" +
        Multiply + Product00 + Multiply + Product01 + Multiply + Product02 + Multiply + Product03 +
        Multiply + Product10 + Multiply + Product11 + Multiply + Product12 + Multiply + Product13);

    /// <inheritdoc/>
    public void MultiplyRest() => CudaAsm.Emit(
        RoundLeft23 + "\n" + RoundRight23 + "\n" +
        Multiply + Product04 + Multiply + Product05 + Multiply + Product06 + Multiply + Product07 +
        Multiply + Product14 + Multiply + Product15 + Multiply + Product16 + Multiply + Product17 +
        Multiply + Product20 + Multiply + Product21 + Multiply + Product22 + Multiply + Product23 +
        Multiply + Product24 + Multiply + Product25 + Multiply + Product26 + Multiply + Product27 +
        Multiply + Product30 + Multiply + Product31 + Multiply + Product32 + Multiply + Product33 +
        Multiply + Product34 + Multiply + Product35 + Multiply + Product36 + Multiply + Product37);

    /// <inheritdoc/>
    public void Store(int at, Four first, Four second) => CudaAsm.Emit(
        "{ .reg .b32 place; add.u32 place, tiles, %0; st.shared.v4.f32 [place], {%1, %2, %3, %4}; }",
        at, first.X, first.Y, first.Z, first.W);
}
