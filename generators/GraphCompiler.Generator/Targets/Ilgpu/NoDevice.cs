using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>
/// What a class with packed weights has in place of its constructor for devices: one that nothing can call, because the C# compiler
/// reports each call with what is missing.
/// </summary>
/// <param name="className">The user's class.</param>
internal sealed class NoDevice(string className) : TargetMembers
{
    const string Id = "GC0408";

    public override void WriteConstructor(SourceWriter writer)
    {
        string message = Literals.String($"'{className}' has packed weights, which run on the CPU alone: leave the device out, or take a class of float32");
        writer.Line();
        writer.Line("/// <summary>Packed weights run on the CPU alone.</summary>");
        writer.Line("[global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]");
        writer.Line($"[global::System.Obsolete({message}, error: true, DiagnosticId = \"{Id}\", UrlFormat = \"docs/diagnostics/{{0}}.md\")]");
        writer.Line($"public {Literals.TypeName(className)}(ulong seed, global::GraphCompiler.Ilgpu.IlgpuDevice device, global::GraphCompiler.ModelOptions? options = null) : this(seed, options) =>");
        writer.Line($"    throw new global::System.InvalidOperationException({message});");
    }
}
