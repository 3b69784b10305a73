using System.Runtime.CompilerServices;

namespace GraphCompiler;

/// <summary>What every symbolic operation does when it is executed rather than read by the compiler.</summary>
static class Symbolic
{
    internal static InvalidOperationException Executed([CallerMemberName] string operation = "")
        => new($"'{operation}' describes a computation on symbolic tensors; the compiler reads it at build time and it "
            + "is never executed. Call the method that the generator added to the model: it takes spans of real data.");
}
