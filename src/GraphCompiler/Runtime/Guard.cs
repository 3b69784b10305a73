using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GraphCompiler.Runtime;

/// <summary>The checks at the door of every generated method. Each throws an exception that names the argument.</summary>
public static class Guard
{
    const uint ExponentBits = 0x7F80_0000;

    /// <summary>Refuses an argument whose length is not the product of its shape.</summary>
    /// <param name="actual">The length given.</param>
    /// <param name="expected">The length needed.</param>
    /// <param name="name">The argument.</param>
    /// <param name="shape">The shape for the message, such as <c>[32, 784]</c>; may be empty.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Length(int actual, long expected, string name, string shape = "")
    {
        if (actual != expected)
            ThrowLength(actual, expected, name, shape);
    }

    /// <inheritdoc cref="Length(int, long, string, string)"/>
    /// <param name="values">The argument.</param>
    /// <param name="expected">The length needed.</param>
    /// <param name="name">The argument's name.</param>
    /// <param name="shape">The shape for the message; may be empty.</param>
    public static void Length(ReadOnlySpan<float> values, long expected, string name, string shape = "")
        => Length(values.Length, expected, name, shape);

    /// <inheritdoc cref="Length(ReadOnlySpan{float}, long, string, string)"/>
    public static void Length(ReadOnlySpan<int> values, long expected, string name, string shape = "")
        => Length(values.Length, expected, name, shape);

    /// <summary>The actual size of a named dimension, from the length of an argument that has it once.</summary>
    /// <param name="actual">The length of the argument.</param>
    /// <param name="others">The product of the argument's other dimensions.</param>
    /// <param name="maximum">The dimension's bound.</param>
    /// <param name="name">The argument.</param>
    /// <param name="dimension">The name of the dimension.</param>
    /// <returns>The size, from 1 to <paramref name="maximum"/>.</returns>
    /// <exception cref="ArgumentException">The length is no multiple of the others, is zero, or is over the bound.</exception>
    public static int Dimension(int actual, int others, int maximum, string name, string dimension)
    {
        int size = others == 0 ? 0 : actual / others;
        if (size < 1 || size > maximum || (long)size * others != actual)
            ThrowDimension(actual, others, maximum, name, dimension);
        return size;
    }

    /// <summary>Refuses a size of a named dimension that is below 1 or over its bound.</summary>
    /// <param name="size">The size given.</param>
    /// <param name="maximum">The dimension's bound.</param>
    /// <param name="dimension">The name of the dimension, which is also the argument's.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public static void Size(int size, int maximum, string dimension)
    {
        if (size < 1 || size > maximum)
            throw new ArgumentOutOfRangeException(dimension, size, $"The dimension '{dimension}' is from 1 to {maximum}.");
    }

    /// <summary>Refuses arguments of which there are too few for a training step.</summary>
    /// <param name="actual">How much the arguments have.</param>
    /// <param name="least">How much is needed.</param>
    /// <param name="demand">What is needed, and by what.</param>
    /// <param name="dimensions">The dimensions whose product it is.</param>
    /// <exception cref="ArgumentException">There are too few.</exception>
    public static void AtLeast(int actual, int least, string demand, string dimensions)
    {
        if (actual < least)
            throw new ArgumentException($"{demand}, and this step has {actual}: the size of {dimensions}.");
    }

    /// <summary>Refuses a position from which a part of a state does not fit.</summary>
    /// <param name="position">The position.</param>
    /// <param name="length">How many places are written from it on.</param>
    /// <param name="size">How many there are.</param>
    /// <param name="state">The state's name.</param>
    /// <param name="expression">What the message calls the position, with its quotes.</param>
    /// <param name="argument">The argument that it is, or is computed from; null if it is computed from none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part would begin before the first place or end after the last.</exception>
    public static void Position(long position, int length, int size, string state, string expression, string? argument)
    {
        if (position < 0 || position > size - length)
            ThrowPosition(position, length, size, state, expression, argument);
    }

    /// <summary>Refuses two arguments of one call that share memory, of which the call writes at least one.</summary>
    /// <param name="first">One argument.</param>
    /// <param name="second">The other.</param>
    /// <param name="firstName">The one's name.</param>
    /// <param name="secondName">The other's name.</param>
    /// <exception cref="ArgumentException">They overlap.</exception>
    public static void Apart<TFirst, TSecond>(ReadOnlySpan<TFirst> first, Span<TSecond> second, string firstName, string secondName)
        where TFirst : unmanaged
        where TSecond : unmanaged
    {
        if (first.IsEmpty || second.IsEmpty)
            return;
        nint distance = Unsafe.ByteOffset(
            ref Unsafe.As<TFirst, byte>(ref MemoryMarshal.GetReference(first)), ref Unsafe.As<TSecond, byte>(ref MemoryMarshal.GetReference(second)));
        nint firstBytes = (nint)first.Length * Unsafe.SizeOf<TFirst>(), secondBytes = (nint)second.Length * Unsafe.SizeOf<TSecond>();
        if (distance < firstBytes && distance > -secondBytes)
            ThrowApart(firstName, secondName);
    }

    /// <inheritdoc cref="Apart{TFirst, TSecond}(ReadOnlySpan{TFirst}, Span{TSecond}, string, string)"/>
    public static void Apart<TFirst, TSecond>(Span<TFirst> first, Span<TSecond> second, string firstName, string secondName)
        where TFirst : unmanaged
        where TSecond : unmanaged
        => Apart((ReadOnlySpan<TFirst>)first, second, firstName, secondName);

    /// <summary>
    /// Copies integers by which memory is addressed (labels, token ids), and refuses those outside 0 (inclusive) to
    /// <paramref name="bound"/> (exclusive). The copy is what is checked: the argument may be written at the same time.
    /// </summary>
    /// <param name="values">The argument.</param>
    /// <param name="bound">The number of classes or of rows.</param>
    /// <param name="indices">Receives the integers; as long as the argument.</param>
    /// <param name="name">The argument's name.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message says which.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Indices(ReadOnlySpan<int> values, int bound, Span<int> indices, string name)
    {
        values.CopyTo(indices);
        int index = 0;
        if (Vector.IsHardwareAccelerated)
        {
            Vector<uint> largest = Vector<uint>.Zero;
            ReadOnlySpan<uint> unsigned = MemoryMarshal.Cast<int, uint>(indices);
            for (; index <= unsigned.Length - Vector<uint>.Count; index += Vector<uint>.Count)
                largest = Vector.Max(largest, new Vector<uint>(unsigned[index..]));
            if (!Vector.LessThanAll(largest, new Vector<uint>((uint)bound)) && index > 0)
                index = 0;
        }

        for (; index < indices.Length; index++)
        {
            if ((uint)indices[index] >= (uint)bound)
                ThrowIndex(indices[index], bound, index, name);
        }
    }

    /// <inheritdoc cref="Indices(ReadOnlySpan{int}, int, Span{int}, string)"/>
    public static void Indices(ReadOnlySpan<long> values, int bound, Span<int> indices, string name)
    {
        for (int place = 0; place < indices.Length; place++)
        {
            long index = values[place];
            if ((ulong)index >= (ulong)bound)
                throw OutOfRange(index, bound, place, $"'{name}'", name);
            indices[place] = (int)index;
        }
    }

    /// <summary>Refuses an integer by which memory is addressed, and that was computed, outside 0 (inclusive) to <paramref name="bound"/> (exclusive).</summary>
    /// <param name="index">The integer.</param>
    /// <param name="bound">The number of classes or of rows.</param>
    /// <param name="place">Its place among others in row-major order; -1 if it is the only one.</param>
    /// <param name="expression">What the message calls them, with its quotes.</param>
    /// <param name="argument">The argument that they are computed from; null if there is none.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Index(long index, int bound, int place, string expression, string? argument)
    {
        if ((ulong)index >= (ulong)bound)
            ThrowIndex(index, bound, place, expression, argument);
    }

    /// <summary>What is thrown where an integer by which memory is addressed, or a step of its computation, needs more than 64 bits.</summary>
    /// <param name="expression">What the message calls the integers, with its quotes.</param>
    /// <param name="argument">The argument that they are computed from; null if there is none.</param>
    public static ArgumentOutOfRangeException IndexOverflow(string expression, string? argument)
        => new(argument, $"{expression} is beyond 64 bits at some index.");

    /// <summary>Refuses NaN and infinities.</summary>
    /// <param name="values">The argument.</param>
    /// <param name="name">The argument's name.</param>
    /// <exception cref="ArgumentException">A value is not finite; the message says which.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Finite(ReadOnlySpan<float> values, string name)
    {
        int index = 0;
        if (Vector.IsHardwareAccelerated)
        {
            Vector<uint> largest = Vector<uint>.Zero;
            Vector<uint> exponent = new(ExponentBits);
            ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(values);
            for (; index <= bits.Length - Vector<uint>.Count; index += Vector<uint>.Count)
                largest = Vector.Max(largest, new Vector<uint>(bits[index..]) & exponent);
            if (Vector.EqualsAny(largest, exponent))
                index = 0;
        }

        for (; index < values.Length; index++)
        {
            if (!float.IsFinite(values[index]))
                ThrowFinite($"{values[index]}", index, name);
        }
    }

    /// <summary>Refuses NaN and infinities in a format of floating-point numbers, which the bits of the numbers are ordered in.</summary>
    /// <typeparam name="T">A number of the format.</typeparam>
    /// <param name="values">The argument.</param>
    /// <param name="largest">The bits of the format's largest finite number.</param>
    /// <param name="name">The argument's name.</param>
    /// <exception cref="ArgumentException">A value is not finite; the message says which.</exception>
    public static void Finite<T>(ReadOnlySpan<T> values, long largest, string name)
        where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        long withoutSign = (1L << (8 * size - 1)) - 1;
        for (int index = 0; index < values.Length; index++)
        {
            T value = values[index];
            long bits = size switch
            {
                1 => Unsafe.As<T, byte>(ref value),
                2 => Unsafe.As<T, ushort>(ref value),
                4 => Unsafe.As<T, uint>(ref value),
                _ => Unsafe.As<T, long>(ref value),
            };
            if ((bits & withoutSign) > largest)
                ThrowFinite($"{values[index]}", index, name);
        }
    }

    // Throwing lives in methods of its own, so that the checks stay small enough to be inlined.
    static void ThrowLength(int actual, long expected, string name, string shape)
        => throw new ArgumentException(
            $"'{name}' has {actual:N0} values; the model needs {expected:N0}{(shape.Length > 0 ? $", shape {shape}" : "")}.", name);

    static void ThrowDimension(int actual, int others, int maximum, string name, string dimension)
        => throw new ArgumentException(
            $"'{name}' has {actual:N0} values; the model needs {others:N0} for each of 1 to {maximum:N0} of dimension '{dimension}'.", name);

    static void ThrowPosition(long position, int length, int size, string state, string expression, string? argument)
        => throw new ArgumentOutOfRangeException(
            argument, position, $"{expression} is {position}, and {length:N0} {(length == 1 ? "place is" : "places are")} written from there on; '{state}' has {size:N0}.");

    static void ThrowApart(string first, string second)
        => throw new ArgumentException($"'{first}' and '{second}' share memory; a result must lie apart from everything else.", second);

    static void ThrowIndex(long index, int bound, int place, string expression, string? argument)
        => throw OutOfRange(index, bound, place, expression, argument);

    static void ThrowIndex(int index, int bound, int place, string name)
        => throw OutOfRange(index, bound, place, $"'{name}'", name);

    static ArgumentOutOfRangeException OutOfRange(object index, int bound, int place, string expression, string? argument)
        => new(argument, index, $"{expression} {(place < 0 ? $"is {index}" : $"holds {index} at index {place}")}; values go from 0 to {bound - 1}.");

    static void ThrowFinite(string value, int index, string name)
        => throw new ArgumentException($"'{name}' holds {value} at index {index}; every value must be finite.", name);
}
