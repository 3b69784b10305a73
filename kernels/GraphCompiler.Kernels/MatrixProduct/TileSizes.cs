namespace GraphCompiler.Kernels;

/// <summary>A small number as a type, so that the JIT builds a kernel for exactly that many rows or vectors.</summary>
internal interface ITileSize
{
    static abstract int Value { get; }
}

internal readonly struct One : ITileSize { public static int Value => 1; }
internal readonly struct Two : ITileSize { public static int Value => 2; }
internal readonly struct Three : ITileSize { public static int Value => 3; }
internal readonly struct Four : ITileSize { public static int Value => 4; }
internal readonly struct Five : ITileSize { public static int Value => 5; }
internal readonly struct Six : ITileSize { public static int Value => 6; }
internal readonly struct Seven : ITileSize { public static int Value => 7; }
internal readonly struct Eight : ITileSize { public static int Value => 8; }
