namespace GraphCompiler.Ptx.Operations;

/// <summary>A form of access, for each type of number in memory and in a register.</summary>
unsafe interface IAccess
{
    static abstract Handler Of<TElement, TRegister>()
        where TElement : unmanaged
        where TRegister : unmanaged;
}

unsafe readonly struct LoadAccess<TSpace, TWidth> : IAccess
    where TSpace : ISpace
    where TWidth : IAddressWidth
{
    public static Handler Of<TElement, TRegister>()
        where TElement : unmanaged
        where TRegister : unmanaged
        => &MemoryAccess.Load<TSpace, TElement, TRegister, TWidth>;
}

unsafe readonly struct StoreAccess<TSpace, TWidth> : IAccess
    where TSpace : ISpace
    where TWidth : IAddressWidth
{
    public static Handler Of<TElement, TRegister>()
        where TElement : unmanaged
        where TRegister : unmanaged
        => &MemoryAccess.Store<TSpace, TElement, TRegister, TWidth>;
}

unsafe readonly struct GenericLoadAccess : IAccess
{
    public static Handler Of<TElement, TRegister>()
        where TElement : unmanaged
        where TRegister : unmanaged
        => &MemoryAccess.LoadGeneric<TElement, TRegister>;
}

unsafe readonly struct GenericStoreAccess : IAccess
{
    public static Handler Of<TElement, TRegister>()
        where TElement : unmanaged
        where TRegister : unmanaged
        => &MemoryAccess.StoreGeneric<TElement, TRegister>;
}

unsafe readonly struct ParameterAccess : IAccess
{
    public static Handler Of<TElement, TRegister>()
        where TElement : unmanaged
        where TRegister : unmanaged
        => &MemoryAccess.LoadParameter<TElement, TRegister>;
}

/// <summary>Whether addresses are 64 bits, or 32.</summary>
interface IAddressWidth
{
    static abstract bool IsWide { get; }
}

readonly struct WideAddress : IAddressWidth
{
    public static bool IsWide => true;
}

readonly struct NarrowAddress : IAddressWidth
{
    public static bool IsWide => false;
}
