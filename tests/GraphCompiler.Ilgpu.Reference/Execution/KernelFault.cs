namespace GraphCompiler.Ilgpu.Reference;

/// <summary>A kernel did what real hardware would not report: left its memory, or broke the rules of barriers.</summary>
public sealed class KernelFault(string message) : Exception(message);
