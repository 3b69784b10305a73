namespace GraphCompiler;

/// <summary>A safetensors file is malformed, or is not what it should be. The message says what is wrong and where.</summary>
public sealed class SafetensorsException : IOException
{
    /// <summary>An exception without a message.</summary>
    public SafetensorsException()
    {
    }

    /// <summary>An exception that says what is wrong.</summary>
    public SafetensorsException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says what is wrong and what it came from.</summary>
    public SafetensorsException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
