using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>
/// Attention, forward or backward: one call of the template. Operands are read where they lie, through strides, so heads
/// side by side in one projection need no copy, and results are written where they are wanted; those that nothing reads
/// are not computed.
/// </summary>
internal sealed class AttentionKernel
{
    readonly Kernel kernel;
    readonly AttentionParts parts;
    readonly AttentionForm form;
    readonly AttentionOperands<Access> operands;
    readonly AttentionSizes sizes;
    readonly KernelScope scope;
    readonly SourceWriter writer = new();

    AttentionKernel(Kernel kernel)
    {
        this.kernel = kernel;
        scope = new KernelScope(kernel.Stores, CpuNames.OfKernels);
        parts = new AttentionParts(kernel);
        (form, operands, sizes) = (parts.Form, parts.Operands, parts.Sizes);
    }

    public static EmittedKernel Emit(Kernel kernel) => new AttentionKernel(kernel).Emit();

    EmittedKernel Emit()
    {
        bool isForward = kernel.Kind == KernelKind.Attention;
        WriteShape();
        string ofResult = !isForward && RoundsResult ? CpuTypes.TypeArgument(operands.Result.Base) : "";
        writer.Line($"FlashAttention.{(isForward ? "Forward" : "Backward")}<V{CpuTypes.TypeArgument(operands.Query.Base)}{ofResult}>(");
        writer.Line("    worker, shape,");
        writer.Line($"    query: {Tensor(operands.Query)},");
        writer.Line($"    key: {Tensor(operands.Key)},");
        writer.Line($"    value: {Tensor(operands.Value)},");
        writer.Line($"    keyMask: {KeyMask()}, dropout: {Dropout()},");
        if (isForward)
            WriteForward();
        else
            WriteBackward();
        return new EmittedKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString()) { AttentionHeadSize = sizes.HeadSize.Max };
    }

    /// <summary>Whether the backward pass reads the result as a product does, rounded.</summary>
    bool RoundsResult => operands.Result.Base.Type != ElementType.Float32;

    void WriteShape()
    {
        string keyLength = scope.Size(sizes.KeyLength);
        string keyCount = operands.TryGetKeyCount(out var count) ? "*" + scope.Indices(count.Base) : keyLength;
        using (writer.Open("var shape = new AttentionShape", "};"))
        {
            writer.Line($"Batch = {scope.Size(sizes.Batch)}, Heads = {scope.Size(sizes.Heads)}, KeyHeads = {scope.Size(sizes.KeyHeads)},");
            writer.Line($"QueryLength = {scope.Size(sizes.QueryLength)}, KeyLength = {keyLength}, KeyCount = {keyCount},");
            writer.Line($"HeadSize = {scope.Size(sizes.HeadSize)}, Scale = {Literals.Float(form.Scale)},"
                + (form.IsCausal ? " IsCausal = true," : "") + (form.Window > 0 ? $" Window = {Literals.Integer(form.Window)}," : ""));
        }
    }

    void WriteForward()
    {
        writer.Line($"    result: {Written(parts.Result)},");
        writer.Line($"    logSumExp: {(parts.LogSumExp is { } sums ? scope.Pointer(sums) : "null")});");
    }

    void WriteBackward()
    {
        writer.Line($"    result: {Tensor(operands.Result)}, logSumExp: {Address(operands.LogSumExp)},");
        writer.Line($"    cotangent: {Tensor(operands.Cotangent)},");
        writer.Line($"    queryGradient: {Gradient(AttentionOperand.Query)},");
        writer.Line($"    keyGradient: {Gradient(AttentionOperand.Key)},");
        writer.Line($"    valueGradient: {Gradient(AttentionOperand.Value)});");
    }

    string Gradient(AttentionOperand which) => Written(parts.GradientOf(which));

    string Written(Access? result) => result is { } place ? Tensor(place) : "default";

    /// <summary>A tensor [batch…, time, heads, head size] by its strides; head size is contiguous.</summary>
    string Tensor(Access access)
    {
        var strides = AttentionStrides.Of(access.View);
        return $"new({Address(access)}, {scope.Size(strides.Batch)}, {scope.Size(strides.Time)}, {scope.Size(strides.Head)})";
    }

    string KeyMask()
    {
        if (!operands.TryGetKeyMask(out var mask))
            return "default";
        return $"new({Address(mask)}, {scope.Size(AttentionStrides.BatchOf(mask.View, mask.View.Shape.Rank - 1))})";
    }

    string Dropout() => form.Dropout > 0
        ? $"new({Literals.Float(form.Dropout)}, {scope.RandomSeed()}, {scope.RandomStep()}, {scope.RandomStream(form.Stream)})"
        : "default";

    Expression Address(Access access) => Expression.Sum([Expression.Primary(scope.Pointer(access.Base)), .. access.View.Offset.Select(scope.SizeExpression)]);
}
