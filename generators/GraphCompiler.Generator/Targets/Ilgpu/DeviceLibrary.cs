using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>The device kernels of one model. Equal texts are one method, whose launches differ in their buffers.</summary>
internal sealed class DeviceLibrary
{
    readonly MethodsByText<DeviceKernel> methods = new();

    /// <summary>The method that does what a kernel's text says; the comments of its first use stand above it.</summary>
    public string Add(DeviceKernel kernel, Func<IReadOnlyList<string>> comments)
    {
        string text = string.Concat(kernel.Parameters.Select(p => $"{TypeOf(p)} {p.Name},")) + "\n" + kernel.Body + "\n" + kernel.Structs + kernel.Choice;
        return methods.Add(text, kernel.Name, kernel, comments);
    }

    /// <summary>The type of what a kernel gets for a parameter.</summary>
    public static string TypeOf(KernelParameter parameter) => parameter switch
    {
        BufferParameter { Node.Type: ElementType.Int32 } => "ArrayView<int>",
        BufferParameter buffer when HasView(buffer.Node.Type) => ViewOf(buffer.Node.Type),
        BufferParameter or WorkspaceParameter => "ArrayView<float>",
        DimensionParameter or LaunchNumberParameter => "int",
        RandomStreamParameter => "uint",
        RandomSeedParameter or RandomStepParameter => "ulong",
        _ => throw new InvalidOperationException($"The ILGPU target passes no {parameter}."),
    };

    /// <summary>The format in which a number lies in a device's memory.</summary>
    public static ElementType FormatOf(Node node) => node.Type.IsFloat() ? node.Type : ElementType.Float32;

    /// <summary>The formats of tensor cores, the narrower before those that may hold it.</summary>
    static readonly ElementType[] TensorFormats = [ElementType.Float16, ElementType.BFloat16, ElementType.Float32];

    /// <summary>Whether tensor cores multiply numbers as they lie in memory in a format.</summary>
    public static bool IsTensorFormat(ElementType format) => Array.IndexOf(TensorFormats, format) >= 0;

    /// <summary>The format in which tensor cores multiply numbers of a format, which it holds.</summary>
    public static ElementType TensorFormatOf(ElementType format) => TensorFormats.First(tensor => tensor.Holds(format));

    /// <summary>Whether elements lie in memory otherwise than kernels compute with them, and are read and written through a struct.</summary>
    public static bool HasView(ElementType type) => type is not (ElementType.Float32 or ElementType.Int32);

    /// <summary>The struct through which kernels read and write such elements.</summary>
    public static string ViewOf(ElementType type) => type + "View";

    /// <summary>The member of a program that gives memory for elements of a type.</summary>
    public static string MemoryOf(ElementType type) => type switch
    {
        ElementType.Float32 => "Memory",
        ElementType.Int32 => "Integers",
        _ => $"Elements<{ViewOf(type)}>",
    };

    /// <summary>Whether the kernel reads a number from memory: the random state changes from run to run, and launches do not.</summary>
    static bool IsRead(KernelParameter parameter) => parameter is RandomSeedParameter or RandomStepParameter;

    public void Write(SourceWriter writer)
    {
        writer.Line("/// <summary>The fused kernels, a method a kernel and a struct for what its launches pass. Public, because ILGPU's launchers must see them.</summary>");
        writer.Line("[EditorBrowsable(EditorBrowsableState.Never)]");
        using (writer.Open("public static class DeviceKernels"))
        {
            methods.Write(writer, WriteMethod);
        }
    }

    static void WriteMethod(SourceWriter writer, MethodsByText<DeviceKernel>.Method method)
    {
        var kernel = method.Kernel;
        using (writer.Open($"public struct {method.Name}_Arguments"))
        {
            foreach (var parameter in kernel.Parameters)
                writer.Line($"public {(IsRead(parameter) ? $"ArrayView<{TypeOf(parameter)}>" : TypeOf(parameter))} {parameter.Name};");
        }
        writer.Line();
        foreach (string line in method.Comments)
            writer.Line("// " + line);
        string header = $"public static void {method.Name}{(kernel.Choice is { } choice ? $"<{choice.Parameter}>" : "")}({method.Name}_Arguments arguments)";
        if (kernel.Choice is not null)
            writer.Line(header);
        using (writer.Open(kernel.Choice is { } chosen ? $"    where {chosen.Parameter} : struct, {chosen.Contract}" : header))
        {
            foreach (var parameter in kernel.Parameters)
                writer.Line($"var {parameter.Name} = arguments.{parameter.Name}{(IsRead(parameter) ? "[0]" : "")};");
            writer.Lines(method.Named(kernel.Body));
        }
        if (kernel.Structs.Length > 0)
        {
            writer.Line();
            writer.Lines(method.Named(kernel.Structs));
        }
    }
}
