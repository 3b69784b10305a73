using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace GraphCompiler.Checkpoints;

/// <summary>
/// Elements of files, little-endian, from and to floats. What a float cannot hold becomes the nearest one, ties to even; a double beyond a
/// float's range becomes infinite. The eight-bit formats are those of the Open Compute Project's specification OFP8.
/// </summary>
internal static class TensorConversion
{
    static readonly float[] E4M3 = Decoded(exponentBits: 4, hasInfinity: false), E5M2 = Decoded(exponentBits: 5, hasInfinity: true);

    /// <summary>Whether every element of a type is a number that a float comes near to.</summary>
    public static bool IsReadable(SafetensorsDataType type) => type is not (
        SafetensorsDataType.C64 or SafetensorsDataType.F4 or SafetensorsDataType.F6E2M3 or SafetensorsDataType.F6E3M2 or SafetensorsDataType.F8E8M0);

    /// <summary>Reads as many elements as the destination has.</summary>
    public static void ToFloats(SafetensorsDataType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (type)
        {
            case SafetensorsDataType.F32:
                Read<uint>(source, destination, static bits => BitConverter.UInt32BitsToSingle(bits));
                break;
            case SafetensorsDataType.F64:
                Read<ulong>(source, destination, static bits => (float)BitConverter.UInt64BitsToDouble(bits));
                break;
            case SafetensorsDataType.F16:
                Read<ushort>(source, destination, static bits => (float)BitConverter.UInt16BitsToHalf(bits));
                break;
            case SafetensorsDataType.BF16:
                Read<ushort>(source, destination, static bits => BitConverter.UInt32BitsToSingle((uint)bits << 16));
                break;
            case SafetensorsDataType.F8E4M3:
                Read<byte>(source, destination, static bits => E4M3[bits]);
                break;
            case SafetensorsDataType.F8E5M2:
                Read<byte>(source, destination, static bits => E5M2[bits]);
                break;
            case SafetensorsDataType.I64:
                Read<long>(source, destination, static number => number);
                break;
            case SafetensorsDataType.I32:
                Read<int>(source, destination, static number => number);
                break;
            case SafetensorsDataType.I16:
                Read<short>(source, destination, static number => number);
                break;
            case SafetensorsDataType.I8:
                Read<sbyte>(source, destination, static number => number);
                break;
            case SafetensorsDataType.U64:
                Read<ulong>(source, destination, static number => number);
                break;
            case SafetensorsDataType.U32:
                Read<uint>(source, destination, static number => number);
                break;
            case SafetensorsDataType.U16:
                Read<ushort>(source, destination, static number => number);
                break;
            case SafetensorsDataType.U8 or SafetensorsDataType.Bool:
                Read<byte>(source, destination, static number => number);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Its elements are no numbers of bytes of their own.");
        }
    }

    /// <summary>Writes floats as F32, F16 or BF16.</summary>
    /// <returns>The index of the first finite number that the type cannot hold, or −1.</returns>
    public static int FromFloats(SafetensorsDataType type, ReadOnlySpan<float> source, Span<byte> destination)
    {
        for (int index = 0; index < source.Length; index++)
        {
            float value = source[index];
            switch (type)
            {
                case SafetensorsDataType.F32:
                    BinaryPrimitives.WriteSingleLittleEndian(destination[(4 * index)..], value);
                    continue;
                case SafetensorsDataType.F16:
                    Half half = (Half)value;
                    BinaryPrimitives.WriteHalfLittleEndian(destination[(2 * index)..], half);
                    if (Half.IsInfinity(half) && float.IsFinite(value))
                        return index;
                    continue;
                case SafetensorsDataType.BF16:
                    ushort bits = ((BFloat16)value).Bits;
                    BinaryPrimitives.WriteUInt16LittleEndian(destination[(2 * index)..], bits);
                    if ((bits & 0x7FFF) == 0x7F80 && float.IsFinite(value))
                        return index;
                    continue;
                default:
                    throw new ArgumentOutOfRangeException(nameof(type), type, "Floats are written as F32, F16 or BF16.");
            }
        }
        return -1;
    }

    /// <summary>As above, of a tensor that a message can name.</summary>
    /// <exception cref="OverflowException">The type cannot hold a finite number.</exception>
    public static void FromFloats(string name, SafetensorsDataType type, ReadOnlySpan<float> source, Span<byte> destination)
    {
        int tooLarge = FromFloats(type, source, destination);
        if (tooLarge >= 0)
            throw new OverflowException($"'{name}' holds {source[tooLarge]:R}, which is beyond the range of {type.Name()}.");
    }

    static void Read<T>(ReadOnlySpan<byte> source, Span<float> destination, Func<T, float> convert)
        where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<T> elements = MemoryMarshal.Cast<byte, T>(source);
        for (int index = 0; index < destination.Length; index++)
            destination[index] = convert(elements[index]);
    }

    /// <summary>All 256 numbers of an eight-bit format.</summary>
    static float[] Decoded(int exponentBits, bool hasInfinity)
    {
        int mantissaBits = 7 - exponentBits, bias = (1 << (exponentBits - 1)) - 1, largest = (1 << exponentBits) - 1;
        float[] numbers = new float[256];
        for (int bits = 0; bits < 256; bits++)
        {
            int exponent = (bits >> mantissaBits) & largest, mantissa = bits & ((1 << mantissaBits) - 1);
            double magnitude = exponent == 0
                ? Math.ScaleB(mantissa, 1 - bias - mantissaBits)
                : Math.ScaleB(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
            if (exponent == largest && hasInfinity)
                magnitude = mantissa == 0 ? double.PositiveInfinity : double.NaN;
            else if (exponent == largest && mantissa == (1 << mantissaBits) - 1)
                magnitude = double.NaN;
            numbers[bits] = (float)(bits < 128 ? magnitude : -magnitude);
        }
        return numbers;
    }
}
