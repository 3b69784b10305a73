namespace GraphCompiler.Kernels.Ilgpu;

// Four numbers from and to memory where they lie in another format.
public partial struct Four
{
    /// <summary>Reads four neighbours at once; the place of the first is a multiple of four.</summary>
    public static Four Load<TView>(TView view, int index)
        where TView : struct, INumberView => view.LoadFour(index);

    /// <summary>Reads four neighbours at once, if wanted; else they are zeros, and the memory is not touched.</summary>
    public static Four Load<TView>(TView view, int index, bool isWanted)
        where TView : struct, INumberView => isWanted ? view.LoadFour(index) : default;

    /// <summary>Reads four numbers so far apart.</summary>
    public static Four LoadStrided<TView>(TView view, int index, int stride)
        where TView : struct, INumberView => new() { X = view[index], Y = view[index + stride], Z = view[index + 2 * stride], W = view[index + 3 * stride] };

    /// <summary>Reads four numbers so far apart, if wanted; else they are zeros, and the memory is not touched.</summary>
    public static Four LoadStrided<TView>(TView view, int index, int stride, bool isWanted)
        where TView : struct, INumberView => isWanted ? LoadStrided(view, index, stride) : default;

    /// <summary>Writes four neighbours, numbers of the format, at once; the place of the first is a multiple of four.</summary>
    public static void Store<TView>(TView view, int index, Four values)
        where TView : struct, INumberView => view.StoreFour(index, values);
}
