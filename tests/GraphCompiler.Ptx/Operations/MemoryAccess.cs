using System.Numerics;
using System.Runtime.CompilerServices;
using GraphCompiler.Ptx.Decoding;
using GraphCompiler.Ptx.Execution;

namespace GraphCompiler.Ptx.Operations;

// An instruction's Number is what is added to its addresses; Count places are read or written one after the other in memory, and
// an access must lie at a multiple of all its bytes.

/// <summary>Loads and stores.</summary>
static unsafe class MemoryAccess
{
    /// <summary>The addresses of the lanes, checked for alignment.</summary>
    static void Addresses(Warp warp, Instruction* instruction, int place, bool isWide, int bytes, ulong* addresses)
    {
        ulong displacement = (ulong)instruction->Number, low = 0;
        for (int lane = 0; lane < 32; lane++)
        {
            ulong address = isWide ? ((ulong*)(warp.Registers + place))[lane] + displacement : (uint)(((uint*)(warp.Registers + place))[lane] + displacement);
            addresses[lane] = address;
            low |= (warp.Active >> lane & 1) != 0 ? address : 0;
        }
        if ((low & (ulong)(bytes - 1)) != 0)
            throw Misaligned(warp, addresses, bytes);
    }

    public static PtxFault Misaligned(Warp warp, ulong* addresses, int bytes)
    {
        int lane = BitOperations.TrailingZeroCount(warp.Active);
        while (addresses[lane] % (ulong)bytes == 0 || (warp.Active >> lane & 1) == 0)
            lane++;
        return warp.Fault($"{bytes} bytes at {addresses[lane]:x} are not aligned.", lane);
    }

    public static void Load<TSpace, TElement, TRegister, TWidth>(Warp warp, Instruction* instruction)
        where TSpace : ISpace
        where TElement : unmanaged
        where TRegister : unmanaged
        where TWidth : IAddressWidth
    {
        var addresses = stackalloc ulong[32];
        int count = instruction->Count, bytes = count * sizeof(TElement);
        Addresses(warp, instruction, instruction->First, TWidth.IsWide, bytes, addresses);
        for (uint left = warp.Active; left != 0;)
        {
            uint lanes = TSpace.Find(warp, addresses, bytes, left, out nint displacement, out var shadow);
            shadow?.Read(warp, addresses, bytes, lanes);
            LoadLanes<TSpace, TElement, TRegister>(warp, instruction, addresses, displacement, lanes);
            left &= ~lanes;
        }
    }

    static void LoadLanes<TSpace, TElement, TRegister>(Warp warp, Instruction* instruction, ulong* addresses, nint displacement, uint lanes)
        where TSpace : ISpace
        where TElement : unmanaged
        where TRegister : unmanaged
    {
        for (int i = 0; i < instruction->Count; i++)
        {
            if (instruction->Places[i] < 0)
                continue;
            byte* target = warp.Registers + instruction->Places[i];
            for (uint left = lanes; left != 0; left &= left - 1)
            {
                int lane = BitOperations.TrailingZeroCount(left);
                Lanes.Set(target, lane, Extend<TElement, TRegister>(((TElement*)((nint)addresses[lane] + displacement + TSpace.OfLane(warp, lane)))[i]));
            }
        }
    }

    /// <summary>The bits of a register that holds a number from memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TRegister Extend<TElement, TRegister>(TElement value)
        where TElement : unmanaged
        where TRegister : unmanaged
    {
        if (sizeof(TElement) == sizeof(TRegister))
            return Unsafe.BitCast<TElement, TRegister>(value);
        ulong bits = typeof(TElement) == typeof(sbyte) ? (ulong)(sbyte)(object)value
            : typeof(TElement) == typeof(short) ? (ulong)(short)(object)value
            : typeof(TElement) == typeof(int) ? (ulong)(int)(object)value
            : typeof(TElement) == typeof(byte) ? (byte)(object)value
            : typeof(TElement) == typeof(ushort) ? (ushort)(object)value
            : (uint)(object)value;
        return Unsafe.As<ulong, TRegister>(ref bits);
    }

    public static void Store<TSpace, TElement, TRegister, TWidth>(Warp warp, Instruction* instruction)
        where TSpace : ISpace
        where TElement : unmanaged
        where TRegister : unmanaged
        where TWidth : IAddressWidth
    {
        var addresses = stackalloc ulong[32];
        int count = instruction->Count, bytes = count * sizeof(TElement);
        Addresses(warp, instruction, instruction->First, TWidth.IsWide, bytes, addresses);
        for (uint left = warp.Active; left != 0;)
        {
            uint lanes = TSpace.Find(warp, addresses, bytes, left, out nint displacement, out var shadow);
            shadow?.Write(warp, addresses, bytes, lanes);
            StoreLanes<TSpace, TElement, TRegister>(warp, instruction, addresses, displacement, lanes);
            left &= ~lanes;
        }
    }

    static void StoreLanes<TSpace, TElement, TRegister>(Warp warp, Instruction* instruction, ulong* addresses, nint displacement, uint lanes)
        where TSpace : ISpace
        where TElement : unmanaged
        where TRegister : unmanaged
    {
        for (int i = 0; i < instruction->Count; i++)
        {
            byte* source = warp.Registers + instruction->Places[i];
            for (uint left = lanes; left != 0; left &= left - 1)
            {
                int lane = BitOperations.TrailingZeroCount(left);
                ((TElement*)((nint)addresses[lane] + displacement + TSpace.OfLane(warp, lane)))[i] = *(TElement*)(source + lane * (sizeof(TRegister) == 8 ? 8 : 4));
            }
        }
    }

    /// <summary>Whatever memory the addresses are of, lane by lane.</summary>
    public static void LoadGeneric<TElement, TRegister>(Warp warp, Instruction* instruction)
        where TElement : unmanaged
        where TRegister : unmanaged
        => Distribute(warp, instruction, &Load<GlobalSpace, TElement, TRegister, WideAddress>, &Load<SharedSpace, TElement, TRegister, WideAddress>,
            &Load<LocalSpace, TElement, TRegister, WideAddress>);

    public static void StoreGeneric<TElement, TRegister>(Warp warp, Instruction* instruction)
        where TElement : unmanaged
        where TRegister : unmanaged
        => Distribute(warp, instruction, &Store<GlobalSpace, TElement, TRegister, WideAddress>, &Store<SharedSpace, TElement, TRegister, WideAddress>,
            &Store<LocalSpace, TElement, TRegister, WideAddress>);

    public static void Distribute(Warp warp, Instruction* instruction, Handler global, Handler shared, Handler local)
    {
        uint all = warp.Active, ofShared = 0, ofLocal = 0;
        ulong* addresses = (ulong*)(warp.Registers + instruction->First);
        for (int lane = 0; lane < 32; lane++)
        {
            ofShared |= (addresses[lane] & GenericAddress.Windows) == GenericAddress.SharedWindow ? 1u << lane : 0;
            ofLocal |= (addresses[lane] & GenericAddress.Windows) == GenericAddress.LocalWindow ? 1u << lane : 0;
        }
        var inSpace = *instruction;
        Run(global, all & ~(ofShared | ofLocal), 0);
        Run(shared, all & ofShared, GenericAddress.SharedWindow);
        Run(local, all & ofLocal, GenericAddress.LocalWindow);
        warp.Active = all;

        void Run(Handler handler, uint lanes, ulong window)
        {
            if (lanes == 0)
                return;
            warp.Active = lanes;
            inSpace.Number = (long)((ulong)inSpace.Number - window);
            handler(warp, (Instruction*)Unsafe.AsPointer(ref inSpace));
            inSpace.Number = (long)((ulong)inSpace.Number + window);
        }
    }

    /// <summary>A parameter, the same for all lanes.</summary>
    public static void LoadParameter<TElement, TRegister>(Warp warp, Instruction* instruction)
        where TElement : unmanaged
        where TRegister : unmanaged
    {
        for (int i = 0; i < instruction->Count; i++)
        {
            var value = Extend<TElement, TRegister>(Unsafe.ReadUnaligned<TElement>(ref warp.Group.Parameters[instruction->Number + i * sizeof(TElement)]));
            byte* target = warp.Registers + instruction->Places[i];
            for (uint left = warp.Active; left != 0; left &= left - 1)
                Lanes.Set(target, BitOperations.TrailingZeroCount(left), value);
        }
    }
}
