namespace GraphCompiler.Data;

/// <summary>A file is not the IDX file it should be. The message names the file and says what is wrong.</summary>
public sealed class IdxFormatException : FormatException
{
    /// <summary>An exception without a message of its own.</summary>
    public IdxFormatException()
        : base("The data is not a valid IDX file.")
    {
    }

    /// <summary>An exception that says what is wrong.</summary>
    public IdxFormatException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says what is wrong and what caused it.</summary>
    public IdxFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
