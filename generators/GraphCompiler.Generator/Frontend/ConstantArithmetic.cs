using System;
using System.Collections.Generic;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

/// <summary>C#'s arithmetic on boxed numbers, truth values and strings; null where an operator does not apply.</summary>
internal static class ConstantArithmetic
{
    public static object? Combine(BinaryOperatorKind kind, object? left, object? right, bool isChecked)
    {
        if (left is string || right is string)
            return kind == BinaryOperatorKind.Add ? Text(left) + Text(right) : null;
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
            return null;
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

    public static object? Apply(UnaryOperatorKind kind, object? operand) => (kind, operand) switch
    {
        (UnaryOperatorKind.Not, bool a) => !a,
        (UnaryOperatorKind.Minus, int a) => unchecked(-a),
        (UnaryOperatorKind.Minus, long a) => unchecked(-a),
        (UnaryOperatorKind.Minus, float a) => -a,
        (UnaryOperatorKind.Minus, double a) => -a,
        (UnaryOperatorKind.Plus, not null) => operand,
        (UnaryOperatorKind.BitwiseNegation, int a) => ~a,
        (UnaryOperatorKind.BitwiseNegation, long a) => ~a,
        (UnaryOperatorKind.BitwiseNegation, uint a) => ~a,
        _ => null,
    };

    /// <summary>A number as another type; what is not a number stays as it is.</summary>
    public static object? Convert(object? value, SpecialType target, bool isChecked)
    {
        if (value is null or string or bool or decimal || TypeOf(value) == target)
            return value;
        if (target == SpecialType.System_Double)
            return ToDouble(value);
        if (target == SpecialType.System_Single)
            return (float)ToDouble(value);
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
            SpecialType.System_Int64 => number,
            SpecialType.System_UInt64 => unchecked((ulong)number),
            SpecialType.System_Char => unchecked((char)number),
            _ => value,
        };
    }

    // Converting an out-of-range float to an integer is undefined in C#; here it is always an overflow.
    static object? FromDouble(double value, SpecialType target, bool isChecked)
    {
        _ = isChecked;
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
            _ => null,
        };
    }

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
        return IsNumber(left) && IsNumber(right) && ToDouble(left) == ToDouble(right);
    }

    public static bool IsNumber(object? value) => value is int or float or double or long or byte or sbyte or short or ushort or uint or ulong or char;

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
        _ => SpecialType.None,
    };

    static string Text(object? value) => value switch
    {
        null => "",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    // Mathematics: the functions of Math and MathF, computed in double and rounded once for float.

    static readonly Dictionary<string, Func<double, double>> Functions = new(StringComparer.Ordinal)
    {
        ["Sqrt"] = Math.Sqrt,
        ["Cbrt"] = x => x < 0 ? -Math.Pow(-x, 1.0 / 3) : Math.Pow(x, 1.0 / 3),
        ["Exp"] = Math.Exp,
        ["Log"] = Math.Log,
        ["Log2"] = Log2,
        ["Log10"] = Math.Log10,
        ["Sin"] = Math.Sin,
        ["Cos"] = Math.Cos,
        ["Tan"] = Math.Tan,
        ["Asin"] = Math.Asin,
        ["Acos"] = Math.Acos,
        ["Atan"] = Math.Atan,
        ["Sinh"] = Math.Sinh,
        ["Cosh"] = Math.Cosh,
        ["Tanh"] = Math.Tanh,
        ["Floor"] = Math.Floor,
        ["Ceiling"] = Math.Ceiling,
        ["Truncate"] = Math.Truncate,
        ["Round"] = Math.Round,
        ["Abs"] = Math.Abs,
    };

    static readonly Dictionary<string, Func<double, double, double>> BinaryFunctions = new(StringComparer.Ordinal)
    {
        ["Pow"] = Math.Pow,
        ["Log"] = Math.Log,
        ["Atan2"] = Math.Atan2,
        ["Min"] = Math.Min,
        ["Max"] = Math.Max,
    };

    static double Log2(double x)
    {
        double result = Math.Log(x, 2), rounded = Math.Round(result);
        return Math.Abs(rounded) < 1023 && Math.Pow(2, rounded) == x ? rounded : result;
    }

    /// <summary>A function of Math or MathF; null where it is not one that is known here.</summary>
    public static object? Call(string name, object?[] arguments, SpecialType result)
    {
        if (Array.Exists(arguments, a => !IsNumber(a)))
            return null;
        bool isInteger = result is not (SpecialType.System_Single or SpecialType.System_Double) && name is "Min" or "Max" or "Abs" or "Clamp";
        if (name == "Sign" && arguments.Length == 1)
            return Math.Sign(ToDouble(arguments[0]!));
        if (isInteger && !Array.Exists(arguments, a => a is float or double))
            return CallInteger(name, [.. Array.ConvertAll(arguments, a => System.Convert.ToInt64(a, CultureInfo.InvariantCulture))], result);
        double[] numbers = Array.ConvertAll(arguments, a => ToDouble(a!));
        double? value = numbers.Length switch
        {
            1 when Functions.TryGetValue(name, out var function) => function(numbers[0]),
            2 when BinaryFunctions.TryGetValue(name, out var function) => function(numbers[0], numbers[1]),
            3 when name == "Clamp" && numbers[1] <= numbers[2] => Math.Min(Math.Max(numbers[0], numbers[1]), numbers[2]),
            _ => null,
        };
        return value is null ? null : Convert(value, result, isChecked: false);
    }

    static object? CallInteger(string name, long[] numbers, SpecialType result)
    {
        long? value = (name, numbers.Length) switch
        {
            ("Min", 2) => Math.Min(numbers[0], numbers[1]),
            ("Max", 2) => Math.Max(numbers[0], numbers[1]),
            ("Abs", 1) => Math.Abs(numbers[0]),
            ("Clamp", 3) when numbers[1] <= numbers[2] => Math.Min(Math.Max(numbers[0], numbers[1]), numbers[2]),
            _ => null,
        };
        return value is null ? null : Convert(value, result, isChecked: true);
    }
}
