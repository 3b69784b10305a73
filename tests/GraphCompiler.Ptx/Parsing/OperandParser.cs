using System.Globalization;

namespace GraphCompiler.Ptx.Parsing;

/// <summary>Reads the operands of one statement.</summary>
sealed class OperandParser(string text, Func<string, object?> find, Func<string, PtxFault> fault)
{
    int at;

    public List<Operand> Parse()
    {
        var operands = new List<Operand>();
        if (Peek() == '\0')
            return operands;
        do
        {
            var operand = ParseOperand();
            if (TryTake('|'))
                operand = new PairOperand(operand, ParseOperand());
            operands.Add(operand);
        }
        while (TryTake(','));
        if (Peek() != '\0')
            throw fault($"expected an end before '{text[at..]}'.");
        return operands;
    }

    char Peek()
    {
        while (at < text.Length && text[at] == ' ')
            at++;
        return at < text.Length ? text[at] : '\0';
    }

    bool TryTake(char character)
    {
        if (Peek() != character)
            return false;
        at++;
        return true;
    }

    void Take(char character)
    {
        if (!TryTake(character))
            throw fault($"expected '{character}' before '{text[at..]}'.");
    }

    Operand ParseOperand()
    {
        switch (Peek())
        {
            case '{':
                return ParseVector();
            case '[':
                return ParseAddress();
            case '!':
                throw fault("negated predicates are known as guards only.");
            case '-' or '+' or (>= '0' and <= '9'):
                return ParseNumber();
            default:
                return ParseName();
        }
    }

    VectorOperand ParseVector()
    {
        Take('{');
        var places = new List<Operand>();
        do
        {
            places.Add(ParseOperand());
        }
        while (TryTake(','));
        Take('}');
        return new VectorOperand(places);
    }

    AddressOperand ParseAddress()
    {
        Take('[');
        var place = ParseOperand();
        long displacement = 0;
        if (Peek() is '+' or '-')
        {
            bool isNegative = TryTake('-');
            if (!isNegative)
                Take('+');
            long magnitude = (long)((NumberOperand)ParseNumber()).Bits;
            displacement = isNegative ? -magnitude : magnitude;
        }
        Take(']');
        return new AddressOperand(place, displacement);
    }

    NumberOperand ParseNumber()
    {
        bool isNegative = TryTake('-');
        if (!isNegative)
            TryTake('+');
        Peek();
        int begun = at;
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '.'))
            at++;
        string number = text[begun..at];
        if (number.StartsWith("0f", StringComparison.OrdinalIgnoreCase) && number.Length == 10)
            return new NumberOperand(Hexadecimal(number) ^ (isNegative ? 0x8000_0000u : 0), 32);
        if (number.StartsWith("0d", StringComparison.OrdinalIgnoreCase) && number.Length == 18)
            return new NumberOperand(Hexadecimal(number) ^ (isNegative ? 1ul << 63 : 0), 64);
        ulong magnitude = number.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? Hexadecimal(number) : Decimal(number);
        return new NumberOperand(isNegative ? 0 - magnitude : magnitude, 0);
    }

    ulong Hexadecimal(string number) =>
        ulong.TryParse(number.AsSpan(2).TrimEnd('U'), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong bits) ? bits : throw fault($"'{number}' is no number.");

    ulong Decimal(string number) =>
        ulong.TryParse(number.AsSpan().TrimEnd('U'), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : throw fault($"'{number}' is no number.");

    Operand ParseName()
    {
        int begun = at;
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '$' or '%' or '.'))
            at++;
        string name = text[begun..at];
        if (name.Length == 0)
            throw fault($"expected an operand before '{text[at..]}'.");
        if (name == "_")
            return new SinkOperand();
        return find(name) switch
        {
            Register register => new RegisterOperand(register),
            Variable variable => new VariableOperand(variable),
            _ => name[0] == '%' || name == "WARP_SZ" ? new SpecialOperand(name) : new NameOperand(name),
        };
    }
}
