using System;
using System.Linq;
using GraphCompiler.Contracts;

namespace GraphCompiler.Generator.Graphs;

/// <summary>How the elements of a value lie in memory. Each has its row in <see cref="ElementTypes"/>.</summary>
internal enum ElementType
{
    Float32,
    BFloat16,
    Float16,
    Float8E4M3,
    Float8E5M2,
    Float64,
    Int64,
    Int32,
    Int16,
    Int8,
    UInt8,
    Bool,
}

/// <summary>What a floating-point format can say.</summary>
/// <param name="MantissaBits">The bits behind the point.</param>
/// <param name="SmallestExponent">That of the smallest normal number.</param>
/// <param name="Largest">The largest finite number.</param>
/// <param name="HasInfinity">Whether what is beyond it is infinite; else it is NaN.</param>
internal sealed record FloatForm(int MantissaBits, int SmallestExponent, double Largest, bool HasInfinity = true);

/// <summary>What a type of integers can say.</summary>
/// <param name="Least">The smallest integer.</param>
/// <param name="Largest">The largest integer.</param>
internal sealed record IntegerForm(long Least, long Largest);

/// <summary>What is known of a type of elements: its row among those that libraries share, and what numbers it has.</summary>
/// <param name="Type">The type.</param>
/// <param name="Float">Of floating-point types, what they can say; else null.</param>
/// <param name="Integer">Of types of integers, what they can say; else null.</param>
internal sealed record ElementTypeInfo(ElementType Type, FloatForm? Float = null, IntegerForm? Integer = null)
{
    readonly StorageType row = StorageTypes.Named(Type.ToString());

    /// <summary>The bits of an element in memory.</summary>
    public int Bits => row.Bits;

    /// <summary>The type that kernels compute in: they load, compute in this, and store.</summary>
    public ElementType Arithmetic { get; } = (ElementType)Enum.Parse(typeof(ElementType), StorageTypes.Named(Type.ToString()).Arithmetic);

    /// <summary>The type in signatures, a keyword or a full name.</summary>
    public string CSharpName => row.CSharpName;

    /// <summary>The type in files, by its name in SafetensorsDataType.</summary>
    public string DataType => row.DataType;

    /// <summary>What messages call the type in C#.</summary>
    public string ShortName => CSharpName.Substring(CSharpName.LastIndexOf('.') + 1);

    /// <summary>What emitted code calls the type in C#, whatever the user's own types are called.</summary>
    public string FullName => CSharpName.Contains(".") ? "global::" + CSharpName : CSharpName;

    /// <summary>Of a floating-point type, the bits of its largest finite number: what has larger ones, but for the sign, is not finite.</summary>
    public long LargestBits
    {
        get
        {
            var (mantissaBits, smallestExponent, largest, _) = Float!;
            int exponent = (int)((BitConverter.DoubleToInt64Bits(largest) >> 52) & 0x7FF) - 1023;
            long mantissa = (long)((largest / Math.Pow(2, exponent) - 1) * Math.Pow(2, mantissaBits));
            return ((long)(exponent - smallestExponent + 1) << mantissaBits) | mantissa;
        }
    }
}

/// <summary>The facts about every type of elements. How each target loads and stores it stands with the target.</summary>
internal static class ElementTypes
{
    static readonly ElementTypeInfo[] Rows = CreateRows(
    [
        new(ElementType.Float32, new FloatForm(23, -126, float.MaxValue)),
        new(ElementType.BFloat16, new FloatForm(7, -126, 3.3895313892515355e38)),
        new(ElementType.Float16, new FloatForm(10, -14, 65504)),
        new(ElementType.Float8E4M3, new FloatForm(3, -6, 448, HasInfinity: false)),
        new(ElementType.Float8E5M2, new FloatForm(2, -14, 57344)),
        new(ElementType.Float64, new FloatForm(52, -1022, double.MaxValue)),
        new(ElementType.Int64, Integer: new(long.MinValue, long.MaxValue)),
        new(ElementType.Int32, Integer: new(int.MinValue, int.MaxValue)),
        new(ElementType.Int16, Integer: new(short.MinValue, short.MaxValue)),
        new(ElementType.Int8, Integer: new(sbyte.MinValue, sbyte.MaxValue)),
        new(ElementType.UInt8, Integer: new(0, byte.MaxValue)),
        new(ElementType.Bool),
    ]);

    /// <summary>The types of parameters that optimizers update, in the order in which these lie in memory.</summary>
    static readonly ElementType[] Trained = [ElementType.Float32, ElementType.BFloat16, ElementType.Float16];

    /// <summary>The place of a type among those of parameters that optimizers update; negative for others.</summary>
    public static int OrderInTraining(this ElementType type) => Array.IndexOf(Trained, type);

    public static ElementTypeInfo Info(this ElementType type) => Rows[(int)type];

    /// <summary>The type that is called so in C#, or null.</summary>
    public static ElementType? Find(string csharpName) => Rows.FirstOrDefault(row => row.CSharpName == csharpName)?.Type;

    /// <summary>What messages call all types: "Tensor, Tensor&lt;Half&gt;, ...".</summary>
    public static string TensorNames { get; } = string.Join(", ", Rows.Select(row => row.Type == ElementType.Float32 ? "Tensor" : $"Tensor<{row.ShortName}>"));

    /// <summary>The type that kernels compute in.</summary>
    public static ElementType Arithmetic(this ElementType type) => Rows[(int)type].Arithmetic;

    /// <summary>The memory that so many elements take.</summary>
    public static long BytesOf(this ElementType type, long elements) => ((elements * Rows[(int)type].Bits) + 7) / 8;

    /// <summary>Whether it holds floating-point numbers, of whatever format.</summary>
    public static bool IsFloat(this ElementType type) => Rows[(int)type].Float is not null;

    /// <summary>Whether kernels compute with it as integers.</summary>
    public static bool IsInteger(this ElementType type) => type.Info().Integer is not null;

    /// <summary>Whether kernels compute with integers of this very type, which number rows and places too.</summary>
    public static bool IsComputedInteger(this ElementType type) => type.IsInteger() && !type.IsNarrow();

    /// <summary>Whether it holds numbers of double precision, which kernels compute in.</summary>
    public static bool IsWideFloat(this ElementType type) => type.IsFloat() && type.IsWide();

    /// <summary>Whether kernels compute in 64 bits.</summary>
    public static bool IsWide(this ElementType type) => Rows[(int)type].Arithmetic.Info().Bits == 64;

    /// <summary>Whether elements take less memory than what kernels compute in: storing them saves memory, and rounds.</summary>
    public static bool IsNarrow(this ElementType type) => Rows[(int)type].Bits < Rows[(int)type].Arithmetic.Info().Bits;

    /// <summary>Whether every value of another type is one of this.</summary>
    public static bool Holds(this ElementType type, ElementType other)
    {
        if (type == other || other == ElementType.Bool)
            return true;
        if (other.Info().Integer is { } integers)
        {
            return type.Info().Integer is { } own ? own.Least <= integers.Least && own.Largest >= integers.Largest
                : type.Info().Float is { } numbers && Math.Pow(2, numbers.MantissaBits + 1) >= Math.Max(-(double)integers.Least, integers.Largest);
        }
        if (type.Info().Float is not { } form || other.Info().Float is not { } otherForm)
            return false;
        return form.MantissaBits >= otherForm.MantissaBits && form.SmallestExponent <= otherForm.SmallestExponent && form.Largest >= otherForm.Largest
            && (form.HasInfinity || !otherForm.HasInfinity);
    }

    /// <summary>Whether every integer of another type is a finite number of this one, be it rounded.</summary>
    public static bool Spans(this ElementType type, ElementType integers) =>
        type.Info().Float is not { } form || integers.Info().Integer is not { } range || form.Largest >= Math.Max(-(double)range.Least, range.Largest);

    static ElementTypeInfo[] CreateRows(ElementTypeInfo[] rows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            if ((int)rows[i].Type != i)
                throw new InvalidOperationException($"The table's row {i} is {rows[i].Type}; it must follow the order of the enum.");
        }
        return rows;
    }
}
