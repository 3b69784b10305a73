namespace GraphCompiler;

/// <summary>How a <see cref="KeyValueCache"/> keeps keys and values, which is most of the memory of a session.</summary>
public enum CacheFormat
{
    /// <summary>As floats, 4 bytes a number.</summary>
    Float32,

    /// <summary>Rounded to bfloat16, 2 bytes a number. Queries are rounded too, so that attention reads the cache as it lies.</summary>
    BFloat16,

    /// <summary>Rounded to binary16, 2 bytes a number, with three more bits of mantissa, and infinite beyond 65504. Queries are rounded too.</summary>
    Float16,

    /// <summary>
    /// Integers of 8 bits, and a float a position and head to multiply them with: little more than a byte a number. Each call makes floats of them, for one
    /// layer after the other.
    /// </summary>
    Int8,
}
