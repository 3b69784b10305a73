using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>
/// Attention: forward one launch of a template, backward three: a number a query, then blocks of keys, then blocks of
/// queries. Operands are read where they lie, through strides and in the format that they are stored in, and results are
/// written where they are wanted; those that nothing reads are not computed. The host chooses the template.
/// </summary>
internal sealed class DeviceAttention
{
    readonly Kernel kernel;
    readonly AttentionParts parts;
    readonly AttentionForm form;
    readonly AttentionOperands<Access> operands;
    readonly AttentionSizes sizes;
    readonly KernelScope scope;
    readonly SourceWriter writer = new();

    DeviceAttention(Kernel kernel)
    {
        this.kernel = kernel;
        scope = new KernelScope(kernel.Stores, DeviceNames.OfKernels);
        parts = new AttentionParts(kernel);
        (form, operands, sizes) = (parts.Form, parts.Operands, parts.Sizes);
    }

    Dim QueryRows => Product(sizes.Batch, sizes.Heads);

    static Dim Product(Dim a, Dim b) => new Shape([a, b]).Size;

    public static DeviceKernel Forward(Kernel kernel) => new DeviceAttention(kernel).Forward();

    public static IReadOnlyList<DeviceKernel> Backward(Kernel kernel)
    {
        var wanted = new AttentionParts(kernel);
        bool wantsQueries = wanted.GradientOf(AttentionOperand.Query) is not null;
        bool wantsKeys = wanted.GradientOf(AttentionOperand.Key) is not null || wanted.GradientOf(AttentionOperand.Value) is not null;
        var launches = new List<DeviceKernel> { new DeviceAttention(kernel).Deltas() };
        if (wantsKeys)
            launches.Add(new DeviceAttention(kernel).KeysAndValues());
        if (wantsQueries)
            launches.Add(new DeviceAttention(kernel).Queries());
        return launches;
    }

    DeviceKernel Forward()
    {
        var stored = kernel.Stores[0];
        WriteShape(stored);
        writer.Line("default(TAttention).Forward(");
        WriteOperands();
        WriteResult("result", "storesResult", parts.Result, stored, ",");
        writer.Line($"    logSumExp: {scope.Pointer(parts.LogSumExp ?? stored)}, storesSums: {(parts.LogSumExp is null ? "false" : "true")});");
        return Kernel("", QueryRows, sizes.QueryLength, bytes => text =>
            $"TensorAttentionGroups.ThreadsOfForward({text(QueryRows)}, {text(sizes.QueryLength)}, {text(sizes.HeadSize)}, {bytes})");
    }

    DeviceKernel Deltas()
    {
        writer.Line("var reduction = default(TReduction);");
        writer.Line("var shared = SharedMemory.Allocate<float>(GroupSizes.Largest);");
        WriteShape(operands.LogSumExp.Base);
        writer.Line($"AttentionBackward.Deltas(reduction, shape, {scope.Size(sizes.Batch)},");
        writer.Line($"    result: {Tensor(operands.Result)},");
        writer.Line($"    cotangent: {Tensor(operands.Cotangent)},");
        writer.Line($"    {scope.Workspace()}, shared);");
        return Kernel("_Deltas", text => $"Teams({text(Product(QueryRows, sizes.QueryLength))}, AttentionBackward.ThreadsOfDelta)", template: null);
    }

    DeviceKernel KeysAndValues()
    {
        WriteShape(operands.LogSumExp.Base);
        writer.Line("default(TAttention).KeysAndValues(");
        WriteOperands();
        WriteBackwardOperands();
        WriteResult("keyGradient", "storesKeys", parts.GradientOf(AttentionOperand.Key), kernel.Stores[0], ",");
        WriteResult("valueGradient", "storesValues", parts.GradientOf(AttentionOperand.Value), kernel.Stores[0], ");");
        return Kernel("_Keys", Product(sizes.Batch, sizes.KeyHeads), sizes.KeyLength, bytes => text =>
            $"TensorAttentionGroups.Threads, TensorAttentionGroups.PartsOfKeys({text(sizes.HeadSize)}, {bytes})");
    }

    DeviceKernel Queries()
    {
        WriteShape(operands.LogSumExp.Base);
        writer.Line("default(TAttention).Queries(");
        WriteOperands();
        WriteBackwardOperands();
        writer.Line($"    queryGradient: {Tensor(parts.GradientOf(AttentionOperand.Query)!.Value)});");
        return Kernel("_Queries", QueryRows, sizes.QueryLength, _ => _ => "TensorAttentionGroups.Threads");
    }

    /// <summary>A launch of a template: blocks of so many positions of so many heads. On tensor cores its groups have other threads, and perhaps parts.</summary>
    DeviceKernel Kernel(string suffix, Dim heads, Dim positions, Func<int, Func<Func<Dim, Expression>, string>> tensorThreads)
    {
        var onTensorCores = OnTensorCores();
        var forms = new List<KernelForm> { new("UsesWarps", "FloatAttention<WarpReduction>") };
        if (onTensorCores is { } tensor)
            forms.Insert(0, tensor.Form);
        string Launch(Func<Dim, Expression> text)
        {
            string ordinary = $"Heads({text(heads)}, {text(positions)}, {text(sizes.HeadSize)})";
            return onTensorCores is not { } form ? ordinary
                : $"{form.Form.Condition} ? TensorHeads({text(heads)}, {text(positions)}, {tensorThreads(form.ElementBytes)(text)}) : {ordinary}";
        }
        return Kernel(suffix, Launch, new KernelChoice("TAttention", "IAttentionTemplate", forms, "FloatAttention<SharedReduction>"));
    }

    /// <summary>How tensor cores compute it; null where the operands' formats differ, or do not lie as they take them.</summary>
    (KernelForm Form, int ElementBytes)? OnTensorCores()
    {
        Access[] multiplied = [operands.Query, operands.Key, operands.Value, .. kernel.Kind == KernelKind.AttentionGradient ? new[] { operands.Cotangent } : []];
        var format = DeviceLibrary.FormatOf(multiplied[0].Base);
        int bytes = format == ElementType.Float32 ? 4 : 2;
        if (!DeviceLibrary.IsTensorFormat(format) || multiplied.Any(o => DeviceLibrary.FormatOf(o.Base) != format || !IsAligned(o.View, bytes))
            || !ElementLanes.IsWhole(sizes.HeadSize, 8) || sizes.HeadSize.Max * bytes > AttentionContract.LargestTensorHeadBytes)
            return null;
        return format == ElementType.Float32
            ? (new KernelForm("UsesTensorFloat32", "TensorAttention<TensorFloat32Format>"), bytes)
            : (new KernelForm("UsesTensorCores", $"TensorAttention<{format}Format>"), bytes);
    }

    /// <summary>Whether all positions of all heads begin at multiples of 16 bytes, as buffers do.</summary>
    static bool IsAligned(View view, int elementBytes) =>
        view.Strides.Take(view.Strides.Count - 1).Concat(view.Offset).All(places => ElementLanes.IsWhole(places, 16 / elementBytes));

    DeviceKernel Kernel(string suffix, Func<Func<Dim, Expression>, string> launch, KernelChoice? template) => new(
        KernelNames.Of(kernel) + suffix, scope.Parameters, writer.ToString(), launch, Reduces: template is null)
    {
        Template = template,
        WorkspaceFloats = kernel.Kind == KernelKind.AttentionGradient ? Product(QueryRows, sizes.QueryLength).Max : 0,
    };

    /// <summary>Sizes, masks and dropout; in place of a mask that there is not stands any tensor in single precision.</summary>
    void WriteShape(Node any)
    {
        string keyLength = scope.Size(sizes.KeyLength), keyCount = operands.TryGetKeyCount(out var count) ? scope.Indices(count.Base) + "[0]" : keyLength;
        using (writer.Open("var shape = new AttentionShape", "};"))
        {
            writer.Line($"Heads = {scope.Size(sizes.Heads)}, KeyHeads = {scope.Size(sizes.KeyHeads)}, QueryLength = {scope.Size(sizes.QueryLength)},");
            writer.Line($"KeyLength = {keyLength}, KeyCount = {keyCount}, HeadSize = {scope.Size(sizes.HeadSize)},");
            writer.Line($"Scale = {Literals.Float(form.Scale)}, IsCausal = {(form.IsCausal ? "true" : "false")}, Window = {Literals.Integer(form.Window)},");
            WriteKeyMask(any);
            if (form.Dropout > 0)
            {
                writer.Line($"Dropout = {Literals.Float(form.Dropout)}, RandomSeed = {scope.RandomSeed()}, RandomStep = {scope.RandomStep()},");
                writer.Line($"RandomStream = {scope.RandomStream(form.Stream)},");
            }
        }
    }

    void WriteKeyMask(Node any)
    {
        if (!operands.TryGetKeyMask(out var mask))
        {
            writer.Line($"KeyMask = new BoolView {{ Bits = {scope.Pointer(any)}.Cast<byte>() }},");
            return;
        }
        writer.Line($"HasKeyMask = true, KeyMask = {scope.Pointer(mask.Base)}, KeyMaskOffset = {Offset(mask)}, KeyMaskStride = {scope.Size(AttentionStrides.BatchOf(mask.View, mask.View.Shape.Rank - 1))},");
    }

    void WriteOperands()
    {
        writer.Line("    shape,");
        writer.Line($"    query: {Tensor(operands.Query)},");
        writer.Line($"    key: {Tensor(operands.Key)},");
        writer.Line($"    value: {Tensor(operands.Value)},");
    }

    void WriteBackwardOperands()
    {
        writer.Line($"    cotangent: {Tensor(operands.Cotangent)},");
        writer.Line($"    {scope.Pointer(operands.LogSumExp.Base)}, logSumExpAt: {Offset(operands.LogSumExp)}, {scope.Workspace()},");
    }

    /// <summary>Where a result goes; in place of one that is not wanted stands the memory of any other.</summary>
    void WriteResult(string parameter, string flag, Access? result, Node any, string end) => writer.Line(result is { } place
        ? $"    {parameter}: {Tensor(place)}, {flag}: true{end}"
        : $"    {parameter}: new HeadTensor<Float32View> {{ Values = {Values(any)} }}, {flag}: false{end}");

    /// <summary>A tensor [batch…, time, heads, head size] by its strides; head size is contiguous.</summary>
    string Tensor(Access access)
    {
        var strides = AttentionStrides.Of(access.View);
        return $"new HeadTensor<{DeviceLibrary.ViewOf(DeviceLibrary.FormatOf(access.Base))}> {{ Values = {Values(access.Base)}, Offset = {Offset(access)}, BatchStride = {scope.Size(strides.Batch)}, "
            + $"TimeStride = {scope.Size(strides.Time)}, HeadStride = {scope.Size(strides.Head)} }}";
    }

    /// <summary>Rounded numbers come as the view of their format, others as ILGPU's of floats.</summary>
    string Values(Node node) => DeviceLibrary.FormatOf(node) != ElementType.Float32 ? scope.Pointer(node) : $"new Float32View {{ Values = {scope.Pointer(node)} }}";

    string Offset(Access access)
    {
        var offset = Expression.Sum([.. access.View.Offset.Select(scope.SizeExpression)]);
        return offset.IsNone ? Expression.Zero : offset;
    }
}
