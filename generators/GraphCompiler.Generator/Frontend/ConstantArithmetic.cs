using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

/// <summary>C#'s arithmetic on boxed numbers, truth values and strings; null where an operator does not apply.</summary>
internal static class ConstantArithmetic
{
    public static object? Combine(BinaryOperatorKind kind, object? left, object? right, bool isChecked)
    {
        if (left is bool a && right is bool b)
        {
            return kind switch
            {
                BinaryOperatorKind.And => a & b,
                BinaryOperatorKind.Or => a | b,
                BinaryOperatorKind.ExclusiveOr => a ^ b,
                _ => null,
            };
        }
        if (left is null || right is null)
            return IsComparison(kind) ? false : null;
        if (kind is BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift)
            return Shift(kind, left, right);
        if (left is decimal || right is decimal)
            return Decimals(kind, ToDecimal(left), ToDecimal(right));
        if (left is double || right is double)
            return Doubles(kind, ToDouble(left), ToDouble(right));
        if (left is float || right is float)
            return Floats(kind, (float)ToDouble(left), (float)ToDouble(right));
        if (left is ulong || right is ulong)
            return Unsigned(kind, System.Convert.ToUInt64(left, CultureInfo.InvariantCulture), System.Convert.ToUInt64(right, CultureInfo.InvariantCulture), isChecked);
        long x = System.Convert.ToInt64(left, CultureInfo.InvariantCulture), y = System.Convert.ToInt64(right, CultureInfo.InvariantCulture);
        if (left is long || right is long || (left is uint) != (right is uint))
            return Integers(kind, x, y, isChecked);
        var result = Integers(kind, x, y, isChecked);
        if (result is not long number)
            return result;
        return left is uint
            ? isChecked ? checked((uint)number) : unchecked((uint)number)
            : isChecked ? checked((int)number) : (object)unchecked((int)number);
    }

    static bool IsComparison(BinaryOperatorKind kind) => kind is BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual
        or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual;

    static object? Doubles(BinaryOperatorKind kind, double a, double b) => kind switch
    {
        BinaryOperatorKind.Add => a + b,
        BinaryOperatorKind.Subtract => a - b,
        BinaryOperatorKind.Multiply => a * b,
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => a % b,
        BinaryOperatorKind.LessThan => a < b,
        BinaryOperatorKind.LessThanOrEqual => a <= b,
        BinaryOperatorKind.GreaterThan => a > b,
        BinaryOperatorKind.GreaterThanOrEqual => a >= b,
        _ => null,
    };

    static decimal ToDecimal(object value) => value is char character ? character : System.Convert.ToDecimal(value, CultureInfo.InvariantCulture);

    static object? Decimals(BinaryOperatorKind kind, decimal a, decimal b) => kind switch
    {
        BinaryOperatorKind.Add => a + b,
        BinaryOperatorKind.Subtract => a - b,
        BinaryOperatorKind.Multiply => a * b,
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => a % b,
        BinaryOperatorKind.LessThan => a < b,
        BinaryOperatorKind.LessThanOrEqual => a <= b,
        BinaryOperatorKind.GreaterThan => a > b,
        BinaryOperatorKind.GreaterThanOrEqual => a >= b,
        _ => null,
    };

    static object? Floats(BinaryOperatorKind kind, float a, float b) => kind switch
    {
        BinaryOperatorKind.Add => a + b,
        BinaryOperatorKind.Subtract => a - b,
        BinaryOperatorKind.Multiply => a * b,
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => a % b,
        _ => Doubles(kind, a, b),
    };

    static object? Integers(BinaryOperatorKind kind, long a, long b, bool isChecked) => kind switch
    {
        BinaryOperatorKind.Add => isChecked ? checked(a + b) : unchecked(a + b),
        BinaryOperatorKind.Subtract => isChecked ? checked(a - b) : unchecked(a - b),
        BinaryOperatorKind.Multiply => isChecked ? checked(a * b) : unchecked(a * b),
        BinaryOperatorKind.Divide => b == -1 ? checked(-a) : a / b,
        BinaryOperatorKind.Remainder => b == -1 ? 0L : a % b,
        BinaryOperatorKind.And => a & b,
        BinaryOperatorKind.Or => a | b,
        BinaryOperatorKind.ExclusiveOr => a ^ b,
        BinaryOperatorKind.LessThan => a < b,
        BinaryOperatorKind.LessThanOrEqual => a <= b,
        BinaryOperatorKind.GreaterThan => a > b,
        BinaryOperatorKind.GreaterThanOrEqual => a >= b,
        _ => null,
    };

    static object? Unsigned(BinaryOperatorKind kind, ulong a, ulong b, bool isChecked) => kind switch
    {
        BinaryOperatorKind.Add => isChecked ? checked(a + b) : unchecked(a + b),
        BinaryOperatorKind.Subtract => isChecked ? checked(a - b) : unchecked(a - b),
        BinaryOperatorKind.Multiply => isChecked ? checked(a * b) : unchecked(a * b),
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => a % b,
        BinaryOperatorKind.And => a & b,
        BinaryOperatorKind.Or => a | b,
        BinaryOperatorKind.ExclusiveOr => a ^ b,
        BinaryOperatorKind.LessThan => a < b,
        BinaryOperatorKind.LessThanOrEqual => a <= b,
        BinaryOperatorKind.GreaterThan => a > b,
        BinaryOperatorKind.GreaterThanOrEqual => a >= b,
        _ => null,
    };

    static object? Shift(BinaryOperatorKind kind, object left, object right)
    {
        int count = System.Convert.ToInt32(right, CultureInfo.InvariantCulture);
        bool isLeft = kind == BinaryOperatorKind.LeftShift, isUnsigned = kind == BinaryOperatorKind.UnsignedRightShift;
        return left switch
        {
            int a => isLeft ? a << count : isUnsigned ? (int)((uint)a >> count) : a >> count,
            uint a => isLeft ? a << count : a >> count,
            long a => isLeft ? a << count : isUnsigned ? (long)((ulong)a >> count) : a >> count,
            ulong a => isLeft ? a << count : a >> count,
            _ => null,
        };
    }

    public static object? Apply(UnaryOperatorKind kind, object? operand, bool isChecked) => (kind, operand) switch
    {
        (UnaryOperatorKind.Not, bool a) => !a,
        (UnaryOperatorKind.Minus, int a) => isChecked ? checked(-a) : unchecked(-a),
        (UnaryOperatorKind.Minus, long a) => isChecked ? checked(-a) : unchecked(-a),
        (UnaryOperatorKind.Minus, decimal a) => -a,
        (UnaryOperatorKind.Minus, float a) => -a,
        (UnaryOperatorKind.Minus, double a) => -a,
        (UnaryOperatorKind.Plus, not null) => operand,
        (UnaryOperatorKind.BitwiseNegation, int a) => ~a,
        (UnaryOperatorKind.BitwiseNegation, long a) => ~a,
        (UnaryOperatorKind.BitwiseNegation, uint a) => ~a,
        (UnaryOperatorKind.BitwiseNegation, ulong a) => ~a,
        _ => null,
    };

    /// <summary>A number as another type; what is not a number stays as it is.</summary>
    public static object? Convert(object? value, SpecialType target, bool isChecked)
    {
        if (value is null or string or bool || !IsNumber(value) || TypeOf(value) == target)
            return value;
        if (target == SpecialType.System_Double)
            return ToDouble(value);
        if (target == SpecialType.System_Single)
            return value is decimal exact ? (float)exact : value is long or ulong ? Single(value) : (float)ToDouble(value);
        if (target == SpecialType.System_Decimal)
            return value switch { float single => (decimal)single, double wide => (decimal)wide, _ => ToDecimal(value) };
        if (value is decimal fraction)
            value = FromDecimal(fraction, target) ?? value;
        if (value is decimal || TypeOf(value) == target)
            return value;
        if (value is float or double)
            return FromDouble(ToDouble(value), target, isChecked) ?? value;
        long number = value is ulong large ? unchecked((long)large) : value is char character ? character : System.Convert.ToInt64(value, CultureInfo.InvariantCulture);
        return target switch
        {
            SpecialType.System_SByte => isChecked ? checked((sbyte)number) : unchecked((sbyte)number),
            SpecialType.System_Byte => isChecked ? checked((byte)number) : unchecked((byte)number),
            SpecialType.System_Int16 => isChecked ? checked((short)number) : unchecked((short)number),
            SpecialType.System_UInt16 => isChecked ? checked((ushort)number) : unchecked((ushort)number),
            SpecialType.System_Int32 => isChecked ? checked((int)number) : unchecked((int)number),
            SpecialType.System_UInt32 => isChecked ? checked((uint)number) : unchecked((uint)number),
            SpecialType.System_Int64 => isChecked && value is ulong ? checked((long)(ulong)value) : number,
            SpecialType.System_UInt64 => isChecked && value is not ulong ? checked((ulong)number) : unchecked((ulong)number),
            SpecialType.System_Char => isChecked ? checked((char)number) : unchecked((char)number),
            _ => value,
        };
    }

    /// <summary>A large integer as a float, rounded once.</summary>
    static float Single(object value) => value is ulong large ? large : (long)value;

    static object? FromDecimal(decimal value, SpecialType target) => target switch
    {
        SpecialType.System_UInt64 => (ulong)value,
        SpecialType.System_Int64 or SpecialType.System_Int32 => target == SpecialType.System_Int32 ? (int)value : (object)(long)value,
        SpecialType.System_UInt32 => (uint)value,
        SpecialType.System_Int16 => (short)value,
        SpecialType.System_UInt16 => (ushort)value,
        SpecialType.System_SByte => (sbyte)value,
        SpecialType.System_Byte => (byte)value,
        SpecialType.System_Char => (char)value,
        _ => null,
    };

    /// <summary>A fraction cut off, as .NET 9 and later do it: what does not fit becomes the nearest that does, and NaN zero.</summary>
    static object? FromDouble(double value, SpecialType target, bool isChecked)
    {
        if (isChecked)
        {
            return target switch
            {
                SpecialType.System_SByte => checked((sbyte)value),
                SpecialType.System_Byte => checked((byte)value),
                SpecialType.System_Int16 => checked((short)value),
                SpecialType.System_UInt16 => checked((ushort)value),
                SpecialType.System_Int32 => checked((int)value),
                SpecialType.System_UInt32 => checked((uint)value),
                SpecialType.System_Int64 => checked((long)value),
                SpecialType.System_UInt64 => checked((ulong)value),
                SpecialType.System_Char => checked((char)value),
                _ => null,
            };
        }
        return target switch
        {
            SpecialType.System_SByte => unchecked((sbyte)Int32(value)),
            SpecialType.System_Byte => unchecked((byte)Int32(value)),
            SpecialType.System_Int16 => unchecked((short)Int32(value)),
            SpecialType.System_UInt16 => unchecked((ushort)Int32(value)),
            SpecialType.System_Char => unchecked((char)Int32(value)),
            SpecialType.System_Int32 => Int32(value),
            SpecialType.System_UInt32 => double.IsNaN(value) || value <= 0 ? 0 : value >= uint.MaxValue ? uint.MaxValue : (uint)value,
            SpecialType.System_Int64 => double.IsNaN(value) ? 0 : value <= long.MinValue ? long.MinValue : value >= long.MaxValue ? long.MaxValue : (long)value,
            SpecialType.System_UInt64 => double.IsNaN(value) || value <= 0 ? 0 : value >= ulong.MaxValue ? ulong.MaxValue : (ulong)value,
            _ => null,
        };
    }

    static int Int32(double value) => double.IsNaN(value) ? 0 : value <= int.MinValue ? int.MinValue : value >= int.MaxValue ? int.MaxValue : (int)value;

    public static double ToDouble(object value) => value switch
    {
        float number => number,
        char character => character,
        _ => System.Convert.ToDouble(value, CultureInfo.InvariantCulture),
    };

    public static bool AreEqual(object? left, object? right)
    {
        if (left is null || right is null || left.GetType() == right.GetType())
            return Equals(left, right) && left is not (float.NaN or double.NaN);
        return IsNumber(left) && IsNumber(right) && (left is decimal || right is decimal ? ToDecimal(left) == ToDecimal(right) : ToDouble(left) == ToDouble(right));
    }

    public static bool IsNumber(object? value) => value is int or float or double or long or byte or sbyte or short or ushort or uint or ulong or char or decimal;

    public static SpecialType TypeOf(object? value) => value switch
    {
        bool => SpecialType.System_Boolean,
        int => SpecialType.System_Int32,
        float => SpecialType.System_Single,
        double => SpecialType.System_Double,
        string => SpecialType.System_String,
        long => SpecialType.System_Int64,
        byte => SpecialType.System_Byte,
        sbyte => SpecialType.System_SByte,
        short => SpecialType.System_Int16,
        ushort => SpecialType.System_UInt16,
        uint => SpecialType.System_UInt32,
        ulong => SpecialType.System_UInt64,
        char => SpecialType.System_Char,
        decimal => SpecialType.System_Decimal,
        _ => SpecialType.None,
    };
}
