namespace GraphCompiler.Ptx;

/// <summary>What a text or a launch does wrong, or asks for that cannot be run. The message says where.</summary>
public sealed class PtxFault : Exception
{
    public PtxFault()
    {
    }

    public PtxFault(string message)
        : base(message)
    {
    }

    public PtxFault(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal static PtxFault InText(int line, string text, string what) => new($"Line {line}, '{text}': {what}");
}
