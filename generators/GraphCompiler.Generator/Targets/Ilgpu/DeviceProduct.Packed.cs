using System.Collections.Generic;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

// A product with packed weights is two launches: the left operand's rows become integers in the workspace, whatever is computed for them, and the
// product reads these and the weights as they are packed, and has the epilogue.
internal sealed partial class DeviceProduct
{
    /// <summary>The words of a group of 32 integers: themselves, their scale and their sum.</summary>
    const int WordsOfIntegers = QuantizationContract.Group / 4, WordsOfGroup = WordsOfIntegers + 2;

    static IReadOnlyList<DeviceKernel> EmitPacked(Kernel kernel, PackedWeights weights) =>
        [new DeviceProduct(kernel).QuantizeRows(), new DeviceProduct(kernel).MultiplyPacked(weights)];

    /// <summary>What packed weights of a format are called in the library of kernels.</summary>
    public static string FormatOf(PackedWeights weights) => weights.Format + "Weights";

    /// <summary>The groups of all rows.</summary>
    Dim GroupsOfRows => m * ((k.Value + QuantizationContract.Group - 1) / QuantizationContract.Group);

    long FloatsOfQuantizedRows => GroupsOfRows.Max * WordsOfGroup;

    DeviceKernel QuantizeRows()
    {
        string left = Operand(0);
        var writer = new SourceWriter();
        writer.Line($"QuantizedRows.Quantize({scope.Size(m)}, {scope.Size(k)},");
        writer.Line($"    {left}, {scope.Workspace()});");
        return new DeviceKernel(
            KernelNames.Of(kernel) + "_Quantize", scope.Parameters, writer.ToString(), text => $"Elements({text(GroupsOfRows * WordsOfIntegers)})",
            Structs: string.Join("\n", structs))
        {
            WorkspaceFloats = FloatsOfQuantizedRows,
        };
    }

    DeviceKernel MultiplyPacked(PackedWeights weights)
    {
        string packed = scope.Pointer(operands.NodeOf(1)), epilogue = Epilogue();
        var writer = new SourceWriter();
        writer.Line($"{template.Name}.Multiply<{FormatOf(weights)}, @Epilogue>({scope.Size(m)}, {scope.Size(n)}, {scope.Size(k)}, {scope.Workspace()}, {packed},");
        writer.Line($"    {epilogue});");
        return new DeviceKernel(
            KernelNames.Of(kernel), scope.Parameters, writer.ToString(), text => $"FewRows(1, {text(m)}, {text(n)}, {Literals.Integer(QuantizationContract.Panel)})",
            Structs: string.Join("\n", structs))
        {
            WorkspaceFloats = FloatsOfQuantizedRows,
        };
    }
}
