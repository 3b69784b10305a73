namespace GraphCompiler.Ptx.Operations;

// A float has more than twice the bits of a half, so what is rounded to a float and then to a half is rounded as if once.

readonly struct HalfSum : IBinary<Half, Half, Half>
{
    public static Half Of(Half a, Half b) => Floats.Canonical((Half)((float)a + (float)b));
}

readonly struct HalfDifference : IBinary<Half, Half, Half>
{
    public static Half Of(Half a, Half b) => Floats.Canonical((Half)((float)a - (float)b));
}

readonly struct HalfProduct : IBinary<Half, Half, Half>
{
    public static Half Of(Half a, Half b) => Floats.Canonical((Half)((float)a * (float)b));
}

readonly struct SmallerHalf : IBinary<Half, Half, Half>
{
    public static Half Of(Half a, Half b) => Floats.Canonical(Half.MinNumber(a, b));
}

readonly struct LargerHalf : IBinary<Half, Half, Half>
{
    public static Half Of(Half a, Half b) => Floats.Canonical(Half.MaxNumber(a, b));
}

readonly struct NegatedHalf : IUnary<ushort, ushort>
{
    public static ushort Of(ushort a) => (ushort)(a ^ 0x8000);
}

readonly struct AbsoluteHalf : IUnary<ushort, ushort>
{
    public static ushort Of(ushort a) => (ushort)(a & 0x7FFF);
}
