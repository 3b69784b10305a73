namespace GraphCompiler.Data;

/// <summary>What an IDX file holds; the value is the type's code in the file. Wider elements are stored big-endian.</summary>
public enum IdxElementType
{
    /// <summary>Unsigned bytes: images and labels.</summary>
    UnsignedByte = 0x08,

    /// <summary>Signed bytes.</summary>
    SignedByte = 0x09,

    /// <summary>Signed 16-bit integers.</summary>
    Int16 = 0x0B,

    /// <summary>Signed 32-bit integers.</summary>
    Int32 = 0x0C,

    /// <summary>32-bit floating point.</summary>
    Single = 0x0D,

    /// <summary>64-bit floating point.</summary>
    Double = 0x0E,
}
