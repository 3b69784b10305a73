using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu.Compiling;

// ILGPU gives a kernel its argument as a struct of the same fields, each at a multiple of its own alignment; a view is an address
// and a length, of 8 bytes each.

/// <summary>Writes arguments of a type as kernels read them.</summary>
static unsafe class ArgumentLayout<T>
    where T : struct
{
    static readonly Action<T, long> Writer;

    static ArgumentLayout()
    {
        ParameterExpression argument = Expression.Parameter(typeof(T)), target = Expression.Parameter(typeof(long));
        var writes = new List<Expression>();
        Bytes = Add(argument, 0, target, writes);
        writes.Add(Expression.Empty());
        Writer = Expression.Lambda<Action<T, long>>(Expression.Block(writes), argument, target).Compile();
    }

    /// <summary>The bytes of an argument.</summary>
    public static int Bytes { get; }

    public static void Write(T argument, Span<byte> target)
    {
        fixed (byte* first = target)
            Writer(argument, (long)first);
    }

    /// <summary>Adds what writes a value at a place; gives its size.</summary>
    static int Add(Expression value, int at, Expression target, List<Expression> writes)
    {
        var type = value.Type;
        bool isView = IsView(type);
        if (isView || IsPrimitive(type))
        {
            var method = typeof(ArgumentWriter).GetMethod(isView ? nameof(ArgumentWriter.View) : nameof(ArgumentWriter.Value))!;
            writes.Add(Expression.Call(method.MakeGenericMethod(isView ? type.GetGenericArguments()[0] : type), value, Expression.Add(target, Expression.Constant((long)at))));
            return isView ? 16 : AlignmentOf(type);
        }
        int bytes = 0;
        foreach (var field in FieldsOf(type))
        {
            int alignment = AlignmentOf(field.FieldType);
            bytes = (bytes + alignment - 1) / alignment * alignment;
            bytes += Add(Expression.Field(value, field), at + bytes, target, writes);
        }
        int own = AlignmentOf(type);
        return Math.Max(1, (bytes + own - 1) / own * own);
    }

    static bool IsView(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ArrayView<>);

    static bool IsPrimitive(Type type) => type.IsPrimitive || type.IsEnum || type == typeof(ILGPU.Half);

    static IEnumerable<FieldInfo> FieldsOf(Type type) =>
        type.IsValueType ? type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).OrderBy(f => f.MetadataToken)
            : throw new NotSupportedException($"Kernels take no {type}.");

    static int AlignmentOf(Type type) =>
        IsView(type) ? 8
        : IsPrimitive(type) ? (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!
        : FieldsOf(type).Select(f => AlignmentOf(f.FieldType)).DefaultIfEmpty(1).Max();
}

/// <summary>Writes single values.</summary>
static unsafe class ArgumentWriter
{
    public static void Value<T>(T value, long target)
        where T : unmanaged
        => *(T*)target = value;

    public static void View<T>(ArrayView<T> view, long target)
        where T : unmanaged
    {
        ((nint*)target)[0] = view.IsValid ? view.LoadEffectiveAddressAsPtr() : 0;
        ((long*)target)[1] = view.Length;
    }
}
