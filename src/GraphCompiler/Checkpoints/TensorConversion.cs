using System.Numerics;
using System.Runtime.InteropServices;

namespace GraphCompiler.Checkpoints;

/// <summary>
/// Elements of files, little-endian, from and to floats. What a float cannot hold becomes the nearest one, ties to even; a double beyond a
/// float's range becomes infinite.
/// </summary>
internal static class TensorConversion
{
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
                Read<ushort>(source, destination, static bits => BFloat16.FromBits(bits));
                break;
            case SafetensorsDataType.F8E4M3:
                Read<byte>(source, destination, static bits => Float8E4M3.FromBits(bits));
                break;
            case SafetensorsDataType.F8E5M2:
                Read<byte>(source, destination, static bits => Float8E5M2.FromBits(bits));
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

    /// <summary>The first finite number that is beyond a float's range, or null.</summary>
    public static double? FirstBeyondFloats(SafetensorsDataType type, ReadOnlySpan<byte> source)
    {
        if (type != SafetensorsDataType.F64)
            return null;
        foreach (double number in MemoryMarshal.Cast<byte, double>(source))
        {
            if (double.IsFinite(number) && !float.IsFinite((float)number))
                return number;
        }
        return null;
    }

    /// <summary>Whether floats are written as a type.</summary>
    public static bool IsWritable(SafetensorsDataType type) => type is SafetensorsDataType.F32 or SafetensorsDataType.F16 or SafetensorsDataType.BF16
        or SafetensorsDataType.F8E4M3 or SafetensorsDataType.F8E5M2;

    /// <summary>Writes floats as a type that <see cref="IsWritable"/>, or as double precision.</summary>
    /// <returns>The index of the first finite number that the type cannot hold, or −1.</returns>
    public static int FromFloats(SafetensorsDataType type, ReadOnlySpan<float> source, Span<byte> destination) => type switch
    {
        SafetensorsDataType.F64 => Write<double>(source, destination, static value => value, static number => (float)number),
        SafetensorsDataType.F32 => Write<float>(source, destination, static value => value, static number => number),
        SafetensorsDataType.F16 => Write<Half>(source, destination, static value => (Half)value, static number => (float)number),
        SafetensorsDataType.BF16 => Write<BFloat16>(source, destination, static value => (BFloat16)value, static number => number),
        SafetensorsDataType.F8E4M3 => Write<Float8E4M3>(source, destination, static value => (Float8E4M3)value, static number => number),
        SafetensorsDataType.F8E5M2 => Write<Float8E5M2>(source, destination, static value => (Float8E5M2)value, static number => number),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Floats are written as floating-point numbers of 32, 16 or 8 bits."),
    };

    /// <summary>Writes one number, which a type of integers or of double precision has as it is.</summary>
    public static void WriteElement(SafetensorsDataType type, double value, Span<byte> destination)
    {
        if (IsWritable(type))
        {
            float number = (float)value;
            FromFloats(type, new ReadOnlySpan<float>(in number), destination);
            return;
        }
        long integer = type == SafetensorsDataType.F64 ? BitConverter.DoubleToInt64Bits(value) : (long)value;
        MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in integer))[..destination.Length].CopyTo(destination);
    }

    static int Write<T>(ReadOnlySpan<float> source, Span<byte> destination, Func<float, T> round, Func<T, float> number)
        where T : unmanaged
    {
        Span<T> elements = MemoryMarshal.Cast<byte, T>(destination);
        for (int index = 0; index < source.Length; index++)
        {
            elements[index] = round(source[index]);
            if (!float.IsFinite(number(elements[index])) && float.IsFinite(source[index]))
                return index;
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
}
