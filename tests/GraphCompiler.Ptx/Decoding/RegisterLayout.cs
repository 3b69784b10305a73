using System.Globalization;
using GraphCompiler.Ptx.Parsing;

namespace GraphCompiler.Ptx.Decoding;

// A warp's registers are one block of bytes: of a predicate 32 bits, of a register of 16 or 32 bits 32 times 4 bytes, of one of
// 64 bits 32 times 8 bytes. Numbers and special registers are registers like others, filled beforehand.

/// <summary>What the hardware knows of a thread.</summary>
enum Special
{
    Thread,
    Threads,
    Group,
    Groups,
    Lane,
    Warp,
    Warps,
    Zero,
    One,
    DynamicSharedBytes,
    WarpSize,
    LanesBelow,
    LanesUpTo,
    LanesAbove,
    LanesFrom,
    OwnLane,
}

/// <summary>Gives registers their places.</summary>
sealed class RegisterLayout
{
    readonly Dictionary<Register, int> registers = [];
    readonly Dictionary<(ulong, int), int> numbers = [];
    readonly Dictionary<Special, int> specials = [];

    public RegisterLayout(IEnumerable<Register> declared)
    {
        foreach (var register in declared.OrderBy(r => r.Kind))
        {
            if (register.Kind != RegisterKind.Predicate)
                Bytes = (Bytes + 63) / 64 * 64;
            registers.Add(register, Bytes);
            Bytes += register.Kind switch { RegisterKind.Predicate => 4, RegisterKind.Bits64 => 256, _ => 128 };
        }
        Bytes = (Bytes + 63) / 64 * 64;
    }

    public int Bytes { get; private set; }

    public IEnumerable<(int Place, ulong Bits, int Width)> Numbers => numbers.Select(n => (n.Value, n.Key.Item1, n.Key.Item2));

    public IEnumerable<(int Place, Special Special)> Specials => specials.Select(s => (s.Value, s.Key));

    public int this[Register register] => registers[register];

    /// <summary>Where a number stands in all lanes; its width is 4 or 8 bytes.</summary>
    public int Number(ulong bits, int width)
    {
        if (!numbers.TryGetValue((bits, width), out int place))
            numbers.Add((bits, width), place = Add(width));
        return place;
    }

    public int OfSpecial(Special special)
    {
        if (!specials.TryGetValue(special, out int place))
            specials.Add(special, place = Add(4));
        return place;
    }

    int Add(int width)
    {
        int place = Bytes;
        Bytes += 32 * width;
        return place;
    }

    public static Special? SpecialOf(string name) => name.ToLower(CultureInfo.InvariantCulture) switch
    {
        "%tid.x" => Special.Thread,
        "%tid.y" or "%tid.z" or "%ctaid.y" or "%ctaid.z" => Special.Zero,
        "%ntid.x" => Special.Threads,
        "%ntid.y" or "%ntid.z" or "%nctaid.y" or "%nctaid.z" => Special.One,
        "%ctaid.x" => Special.Group,
        "%nctaid.x" => Special.Groups,
        "%laneid" => Special.Lane,
        "%warpid" => Special.Warp,
        "%nwarpid" => Special.Warps,
        "%dynamic_smem_size" => Special.DynamicSharedBytes,
        "warp_sz" => Special.WarpSize,
        "%lanemask_lt" => Special.LanesBelow,
        "%lanemask_le" => Special.LanesUpTo,
        "%lanemask_gt" => Special.LanesAbove,
        "%lanemask_ge" => Special.LanesFrom,
        "%lanemask_eq" => Special.OwnLane,
        _ => null,
    };
}
